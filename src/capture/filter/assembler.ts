import type { Instruction } from './instructions.js';
import { codes } from './instructions.js';

type Name = keyof typeof codes;

/** A place in the program, fixed when it is reached. */
export interface Label {
  index: number | undefined;
}

interface Line {
  readonly code: number;
  readonly operand: number;
  readonly ifTrue?: Label;
  readonly ifFalse?: Label;
}

/** Farthest that the two ways of a conditional jump reach; beyond, a `ja` of its own is needed. */
const reach = 255;

/** Collects instructions with labels, and works out the jumps. */
export class Assembler {
  readonly #lines: Line[] = [];

  label(): Label {
    return { index: undefined };
  }

  /** Fixes the label here. */
  place(label: Label): void {
    label.index = this.#lines.length;
  }

  emit(name: Name, operand = 0): void {
    this.#lines.push({ code: codes[name], operand });
  }

  /** Jumps without a condition. */
  go(to: Label): void {
    this.#lines.push({ code: codes.ja, operand: 0, ifTrue: to });
  }

  /** Jumps to one of two labels. */
  branch(
    name: 'jeq' | 'jgt' | 'jge' | 'jset',
    operand: number,
    ifTrue: Label,
    ifFalse: Label,
  ): void {
    this.#lines.push({ code: codes[name], operand: operand >>> 0, ifTrue, ifFalse });
  }

  /** Goes on with the next instruction when the condition does not hold. */
  when(name: 'jeq' | 'jgt' | 'jge' | 'jset', operand: number, ifTrue: Label): void {
    const next = this.label();
    this.branch(name, operand, ifTrue, next);
    this.place(next);
  }

  /** Goes on with the next instruction when the condition holds. */
  unless(name: 'jeq' | 'jgt' | 'jge' | 'jset', operand: number, ifFalse: Label): void {
    const next = this.label();
    this.branch(name, operand, next, ifFalse);
    this.place(next);
  }

  assemble(): Instruction[] {
    const far = this.#findFarJumps();
    const places = this.#places(far);
    return this.#lines.flatMap((line, index) => this.#translate(line, index, places, far));
  }

  /** A jump that became long makes others longer, so this goes on until none changes. */
  #findFarJumps(): Set<Label>[] {
    const far = this.#lines.map(() => new Set<Label>());
    for (let changed = true; changed; ) {
      changed = false;
      const places = this.#places(far);
      for (const [index, line] of this.#lines.entries()) {
        if (line.code === codes.ja) continue;
        for (const label of [line.ifTrue, line.ifFalse]) {
          if (label === undefined || far[index]?.has(label)) continue;
          if (distance(places, index, label) <= reach) continue;
          far[index]?.add(label);
          changed = true;
        }
      }
    }
    return far;
  }

  /** Where each line begins, and behind the last one where the program ends. */
  #places(far: readonly Set<Label>[]): number[] {
    const places = [0];
    for (const [index, labels] of far.entries()) {
      places.push((places[index] ?? 0) + 1 + labels.size);
    }
    return places;
  }

  #translate(
    line: Line,
    index: number,
    places: readonly number[],
    far: readonly Set<Label>[],
  ): Instruction[] {
    const { code, operand, ifTrue, ifFalse } = line;
    if (ifTrue === undefined) return [plain(code, operand)];
    if (ifFalse === undefined) return [plain(code, distance(places, index, ifTrue))];
    const long = [...(far[index] ?? [])];
    const jump = (label: Label): number => {
      const bridge = long.indexOf(label);
      return bridge >= 0 ? bridge : distance(places, index, label);
    };
    const bridges = long.map((label, place) =>
      plain(codes.ja, distance(places, index, label) - place - 1),
    );
    return [{ code, ifTrue: jump(ifTrue), ifFalse: jump(ifFalse), operand }, ...bridges];
  }
}

function plain(code: number, operand: number): Instruction {
  return { code, ifTrue: 0, ifFalse: 0, operand: operand >>> 0 };
}

/** Instructions between the line's first and the label. */
function distance(places: readonly number[], index: number, label: Label): number {
  const to = places[label.index ?? 0] ?? 0;
  return to - (places[index] ?? 0) - 1;
}

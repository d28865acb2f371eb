import type { Tools } from './tools.js';
import type { PreparationStep, UndoneStep } from './types.js';

/** Takes a change back; tells why it was left, or that it was gone, if so. */
export type Undo = (tools: Tools) => Promise<Left | undefined>;

/** A change that was not taken back, or did not have to be. */
export interface Left {
  readonly undone: boolean;
  readonly reason: string;
}

type Named = Omit<PreparationStep, 'outcome'>;

/** What a preparation has done so far, with the way back. */
export class Journal {
  readonly steps: PreparationStep[] = [];
  readonly #pending: { readonly step: PreparationStep; readonly undo: Undo }[] = [];

  /** It was so already. */
  found(step: Named): void {
    this.steps.push({ ...step, outcome: 'unchanged' });
  }

  /** It was changed just now; `undo` is absent where nothing remains of it. */
  changed(step: Named, undo?: Undo): void {
    const changed = { ...step, outcome: 'changed' } as const;
    this.steps.push(changed);
    if (undo !== undefined) this.#pending.push({ step: changed, undo });
  }

  /** Undoes all that it can, the last first; what fails, or is left, stays to be undone. */
  async undo(tools: Tools): Promise<{ readonly undone: UndoneStep[]; readonly errors: unknown[] }> {
    const undone: UndoneStep[] = [];
    const errors: unknown[] = [];
    for (const entry of this.#pending.splice(0).reverse()) {
      try {
        const result = { ...entry.step, undone: true, ...(await entry.undo(tools)) };
        undone.push(result);
        if (!result.undone) this.#pending.unshift(entry);
      } catch (error) {
        errors.push(error);
        this.#pending.unshift(entry);
      }
    }
    return { undone, errors };
  }
}

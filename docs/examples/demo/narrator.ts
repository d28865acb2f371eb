import type { Writable } from 'node:stream';
import { inspect, isDeepStrictEqual, styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Newer releases of Node look at standard output themselves, which is not where all of this goes. */
const paint: (style: Style, text: string, options: { validateStream: boolean }) => string =
  styleText;

/** Tells what happens while it happens, and keeps count of what is not as it should be. */
export class Narrator {
  readonly #output: Writable;
  readonly #colour: boolean;
  #steps = 0;
  #held = 0;
  #differed = 0;

  constructor(output: Writable, colour: boolean) {
    this.#output = output;
    this.#colour = colour;
  }

  /** Statements that held so far. */
  get held(): number {
    return this.#held;
  }

  /** Statements that did not. */
  get differed(): number {
    return this.#differed;
  }

  say(text: string, style: Style = []): void {
    this.#output.write(`${this.#styled(style, text)}\n`);
  }

  /** Begins a step of the story. */
  step(title: string, reason: string): void {
    this.#steps += 1;
    this.say('');
    this.say(`${this.#steps}. ${title}`, ['bold', 'cyan']);
    this.say(indent(reason, '   '), 'dim');
  }

  /**
   * Shows the command that people know and the call that does the same, makes the call, and returns
   * what it gives. The text shown is that of the very function that is called.
   */
  async perform<T>(host: string, command: string, call: () => Promise<T>): Promise<T> {
    this.say('');
    this.say(`   ${host}$ ${command}`, 'dim');
    this.say(indent(codeOf(call), '   '), 'yellow');
    return await call();
  }

  /** What the kernel says, as it was read back. */
  kernel(host: string, lines: readonly string[]): void {
    const shown = lines.length === 0 ? ['(nothing)'] : lines;
    const name = this.#styled('magenta', `${host} │`);
    for (const line of shown) this.#output.write(`      ${name} ${line}\n`);
  }

  /** States something; whether it holds decides on the outcome of the whole. */
  check(statement: string, actual: unknown, expected: unknown): void {
    if (isDeepStrictEqual(actual, expected)) {
      this.#held += 1;
      this.say(`      ✓ ${statement}`, 'green');
      return;
    }
    this.#differed += 1;
    this.say(`      ✗ ${statement}`, ['bold', 'red']);
    this.say(indent(`expected ${inspect(expected, { depth: 6 })}`, '        '));
    this.say(indent(`found    ${inspect(actual, { depth: 6 })}`, '        '));
  }

  #styled(style: Style, text: string): string {
    if (!this.#colour) return text;
    return text
      .split('\n')
      .map((line) => (line === '' ? '' : paint(style, line, { validateStream: false })))
      .join('\n');
  }
}

/** Whether output may be coloured: https://no-color.org, and `FORCE_COLOR` as in Node itself. */
export function wantsColour(
  environment: NodeJS.ProcessEnv,
  output: { readonly isTTY?: boolean | undefined },
): boolean {
  if (environment['NO_COLOR']) return false;
  const forced = environment['FORCE_COLOR'];
  return forced === undefined ? output.isTTY === true : forced !== '0';
}

/** The source of what an arrow function does. */
export function codeOf(call: () => unknown): string {
  const code = call.toString().replace(/^(async )?\(\) => ?/, '');
  const block = /^\{\n([\s\S]*?)\n\s*\}$/.exec(code);
  if (block?.[1] !== undefined) return outdent(block[1].split('\n')).join('\n');
  const [first, ...rest] = code.split('\n');
  return [`await ${first}`, ...outdent(rest)].join('\n');
}

function outdent(lines: readonly string[]): string[] {
  const margins = lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/));
  const margin = Math.min(...margins);
  return lines.map((line) => line.slice(margin));
}

function indent(text: string, margin: string): string {
  return text
    .split('\n')
    .map((line) => `${margin}${line}`)
    .join('\n');
}

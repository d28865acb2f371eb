import type { ReadStream, WriteStream } from 'node:tty';

const csi = '\u001b[';
/** Of xterm and all that follow it: another screen, without a cursor. */
const enter = `${csi}?1049h${csi}?25l`;
const leave = `${csi}?25h${csi}?1049l`;
const toTop = `${csi}H`;
const clearLine = `${csi}K`;
const clearBelow = `${csi}J`;

/** q, and what Ctrl-C is in raw mode. */
const endings = ['q', 'Q', '\u0003'];

/** The whole terminal, for as long as it is used; what was there before comes back. */
export class Screen implements Disposable {
  /** Aborted once somebody has pressed q or Ctrl-C. */
  readonly closed: AbortSignal;
  readonly #input: ReadStream;
  readonly #output: WriteStream;
  readonly #close = new AbortController();

  constructor(input: ReadStream, output: WriteStream) {
    this.#input = input;
    this.#output = output;
    this.closed = this.#close.signal;
    input.setRawMode(true);
    input.on('data', this.#onKey);
    output.write(enter);
  }

  /** Shows as much of the lines as fits. */
  show(lines: readonly string[]): void {
    // Some terminals do not know how large they are.
    const columns = this.#output.columns || 80;
    const rows = this.#output.rows || 24;
    const shown = lines.slice(0, rows - 1).map((line) => line.slice(0, columns) + clearLine);
    this.#output.write(`${toTop}${shown.join('\r\n')}\r\n${clearBelow}`);
  }

  [Symbol.dispose](): void {
    this.#input.off('data', this.#onKey).pause().setRawMode(false);
    this.#output.write(leave);
  }

  readonly #onKey = (keys: Buffer): void => {
    if (endings.some((key) => keys.includes(key))) this.#close.abort();
  };
}

import { closeSync, openSync, readSync } from 'node:fs';

/**
 * Copies a file that somebody else appends to into a stream.
 */
export class Tail {
  #file;
  #stream;
  #buffer = Buffer.allocUnsafe(1 << 16);

  /**
   * @param {string} path
   * @param {import('node:stream').Writable} stream
   */
  constructor(path, stream) {
    this.#file = openSync(path, 'r');
    this.#stream = stream;
  }

  /** Copies what is new; resolves when the stream has taken it. */
  async copy() {
    for (;;) {
      const length = readSync(this.#file, this.#buffer, 0, this.#buffer.length, null);
      if (length === 0) return;
      const chunk = Buffer.from(this.#buffer.subarray(0, length));
      await new Promise((resolve) => this.#stream.write(chunk, resolve));
    }
  }

  close() {
    closeSync(this.#file);
  }
}

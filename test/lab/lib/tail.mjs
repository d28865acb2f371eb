import { closeSync, openSync, readSync } from 'node:fs';

/** Copies a file that somebody else appends to into one of our own standard streams. */
export class Tail {
  #file;
  #stream;

  /**
   * @param {string} path
   * @param {NodeJS.WriteStream} stream
   */
  constructor(path, stream) {
    this.#file = openSync(path, 'r');
    this.#stream = stream;
  }

  /** Copies what is new. Our standard streams are synchronous, so nothing piles up in memory. */
  copy() {
    while (!this.#stream.destroyed) {
      const chunk = Buffer.allocUnsafe(1 << 16);
      const length = readSync(this.#file, chunk, 0, chunk.length, null);
      if (length === 0) return;
      this.#stream.write(chunk.subarray(0, length));
    }
  }

  close() {
    closeSync(this.#file);
  }
}

/** Reads as many bytes as are asked for out of chunks of any size. */
export class Chunks {
  readonly #source: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
    this.#source =
      Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  }

  /** Exactly so many bytes; fewer only where the source ends. */
  async read(length: number): Promise<Uint8Array> {
    if (this.#rest.length < length) await this.#collect(length);
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }

  async #collect(length: number): Promise<void> {
    const parts = [this.#rest];
    let size = this.#rest.length;
    while (size < length) {
      const chunk = await this.#source.next();
      if (chunk.done === true) break;
      parts.push(chunk.value);
      size += chunk.value.length;
    }
    this.#rest = parts.length === 1 ? this.#rest : Buffer.concat(parts);
  }

  async close(): Promise<void> {
    await this.#source.return?.();
  }
}

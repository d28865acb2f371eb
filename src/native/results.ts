import { headers, textBlock, textTag } from './wire.js';

/**
 * One lot of results as the thread delivered it. What is read of it has to be read, or copied, while
 * it is delivered, unless it is kept. It stands at one result after another.
 */
export class Results {
  /** What it begins with is read through `view`. */
  readonly bytes: ArrayBuffer;
  readonly view: DataView;
  /** First request that this result answers. */
  id = 0;
  /** How many consecutive requests it answers. */
  count = 0;
  /** 0 or a negative errno. */
  error = 0;
  /** {@link resultFlag} bits. */
  flags = 0;
  #buffer: Buffer | undefined;
  readonly #detach: (bytes: ArrayBuffer) => void;
  /** How many go on reading later. */
  #keepers = 0;
  /** Where the blocks of this result begin, and where the next result does. */
  #at = 0;
  #end = 0;

  /** `detach` gives the memory of bytes that were kept back. */
  constructor(bytes: ArrayBuffer, size: number, detach: (bytes: ArrayBuffer) => void = ignore) {
    this.bytes = bytes;
    this.#detach = detach;
    this.view = new DataView(bytes, 0, size);
  }

  get buffer(): Buffer {
    this.#buffer ??= Buffer.from(this.bytes, 0, this.view.byteLength);
    return this.#buffer;
  }

  /** Somebody goes on reading later. */
  keep(): void {
    this.#keepers++;
  }

  /** Somebody who kept them will not read any more. Where all have said so, nothing is left to read. */
  release(): void {
    if (--this.#keepers === 0) this.#detach(this.bytes);
  }

  get kept(): boolean {
    return this.#keepers > 0;
  }

  /** Goes on to the next result; false when there is none. */
  next(): boolean {
    const { view } = this;
    const at = this.#end;
    if (at >= view.byteLength) return false;
    this.#at = at + headers.result;
    this.#end = at + view.getUint32(at, true);
    this.id = view.getUint32(at + 4, true);
    this.count = view.getUint32(at + 8, true);
    this.error = view.getInt32(at + 12, true);
    this.flags = view.getUint32(at + 16, true);
    return true;
  }

  /** Calls back for each record of this result, and adds what that returns to the rows. */
  read<T>(
    rows: T[],
    onRecord:
      | ((results: Results, at: number, table: number, size: number) => T | undefined)
      | undefined,
  ): void {
    if (onRecord === undefined) return;
    const { view } = this;
    for (let at = this.#at; at < this.#end; ) {
      const size = view.getUint32(at, true);
      const table = view.getUint16(at + 4, true);
      const body = at + headers.block;
      if (table !== textBlock) {
        const row = onRecord(this, body, table, size);
        if (row !== undefined) rows.push(row);
      }
      at = body + ((size + 7) & ~7);
    }
  }

  /** The texts of this result, which belong to a failure. */
  texts(): ResultTexts {
    const texts: ResultTexts = {};
    const { view } = this;
    for (let at = this.#at; at < this.#end; ) {
      const size = view.getUint32(at, true);
      const body = at + headers.block;
      if (view.getUint16(at + 4, true) === textBlock) {
        this.#readText(texts, view.getUint16(at + 6, true), body, size);
      }
      at = body + ((size + 7) & ~7);
    }
    return texts;
  }

  #readText(texts: ResultTexts, tag: number, at: number, size: number): void {
    const text = this.buffer.toString('utf8', at, at + size);
    if (tag === textTag.kernelMessage) texts.kernelMessage = text;
    else if (tag === textTag.field) texts.field = text;
    else texts.plain = text;
  }
}

function ignore(): void {
  // Memory that is not the addon's is left to the garbage collector.
}

export interface ResultTexts {
  plain?: string;
  kernelMessage?: string;
  field?: string;
}

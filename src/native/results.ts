import { headers, textBlock, textTag } from './wire.js';

/**
 * One lot of results as the thread delivered it. What is read of it has to be read, or copied, while
 * it is delivered, unless it is kept.
 */
export class Results {
  readonly view: DataView;
  readonly #bytes: ArrayBuffer;
  #buffer: Buffer | undefined;
  #kept = false;

  constructor(bytes: ArrayBuffer, size: number) {
    this.#bytes = bytes;
    this.view = new DataView(bytes, 0, size);
  }

  get buffer(): Buffer {
    this.#buffer ??= Buffer.from(this.#bytes, 0, this.view.byteLength);
    return this.#buffer;
  }

  /** Somebody goes on reading later. */
  keep(): void {
    this.#kept = true;
  }

  get kept(): boolean {
    return this.#kept;
  }

  /** Walks the results; each one's blocks lie between `at` and `end`. */
  *[Symbol.iterator](): Generator<Result> {
    const { view } = this;
    for (let at = 0; at < view.byteLength; ) {
      const size = view.getUint32(at, true);
      yield {
        id: view.getUint32(at + 4, true),
        count: view.getUint32(at + 8, true),
        error: view.getInt32(at + 12, true),
        flags: view.getUint32(at + 16, true),
        at: at + headers.result,
        end: at + size,
      };
      at += size;
    }
  }

  /** Calls back for each record, and collects the texts that belong to a failure. */
  read(result: Result, onRecord: (at: number, table: number, size: number) => void): ResultTexts {
    const texts: ResultTexts = {};
    const { view } = this;
    for (let at = result.at; at < result.end; ) {
      const size = view.getUint32(at, true);
      const table = view.getUint16(at + 4, true);
      const body = at + headers.block;
      if (table === textBlock) this.#readText(texts, view.getUint16(at + 6, true), body, size);
      else onRecord(body, table, size);
      at = body + Math.ceil(size / 8) * 8;
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

export interface Result {
  /** First request that the result answers. */
  readonly id: number;
  /** How many consecutive requests it answers. */
  readonly count: number;
  /** 0 or a negative errno. */
  readonly error: number;
  /** {@link resultFlag} bits. */
  readonly flags: number;
  readonly at: number;
  readonly end: number;
}

export interface ResultTexts {
  plain?: string;
  kernelMessage?: string;
  field?: string;
}

import type { Table } from './table.js';
import { bytesBlock, headers, textBlock } from './wire.js';

/**
 * Requests on their way to the handle's thread: headers and blocks, one after another. What the
 * blocks look like is said in `native/records/block.h`.
 */
export class Arena {
  bytes: Buffer = Buffer.alloc(4096);
  view: DataView = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
  #length = 0;
  #request = 0;
  /** How much of what was taken still lies there. All beyond is zero, as new blocks have to be. */
  #stale = 0;

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  beginRequest(id: number, operation: number, argument: number): void {
    this.#request = this.#reserve(headers.request);
    this.view.setUint32(this.#request + 4, id, true);
    this.view.setUint16(this.#request + 8, operation, true);
    this.view.setUint32(this.#request + 12, argument, true);
  }

  endRequest(): void {
    this.view.setUint32(this.#request, this.#length - this.#request, true);
  }

  /** Takes back the request begun last. */
  dropRequest(): void {
    this.bytes.fill(0, this.#request, this.#length);
    this.#length = this.#request;
  }

  /**
   * Adds an empty record and returns where it starts: the `at` that its fields' `write` takes. Of a
   * record whose last fields stay empty, `size` is how much goes over.
   */
  record(table: Table, size: number = table.size): number {
    return this.#block(table.index, size, 0);
  }

  /** Adds a text. */
  text(text: string, tag = 0): void {
    const size = Buffer.byteLength(text);
    const at = this.#block(textBlock, size, tag);
    this.bytes.write(text, at, size, 'utf8');
  }

  /** Adds bytes. */
  blob(data: Uint8Array, tag = 0): void {
    const at = this.#block(bytesBlock, data.length, tag);
    this.bytes.set(data, at);
  }

  /** The requests written so far; the arena starts anew. Valid until the next write. */
  take(): Uint8Array {
    const taken = this.bytes.subarray(0, this.#length);
    this.#stale = this.#length;
    this.#length = 0;
    return taken;
  }

  #block(table: number, size: number, tag: number): number {
    const at = this.#reserve(headers.block + Math.ceil(size / 8) * 8);
    this.view.setUint32(at, size, true);
    this.view.setUint16(at + 4, table, true);
    this.view.setUint16(at + 6, tag, true);
    return at + headers.block;
  }

  #reserve(size: number): number {
    if (this.#stale > 0) {
      this.bytes.fill(0, 0, this.#stale);
      this.#stale = 0;
    }
    const at = this.#length;
    this.#length += size;
    if (this.#length > this.bytes.length) this.#grow();
    return at;
  }

  #grow(): void {
    const larger = Buffer.alloc(Math.max(this.#length, this.bytes.length * 2));
    larger.set(this.bytes);
    this.bytes = larger;
    this.view = new DataView(larger.buffer, larger.byteOffset, larger.byteLength);
  }
}

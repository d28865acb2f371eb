import { formatAddress } from '../address/index.js';

/** Thrown when something lies beyond what was captured; never leaves this module's folder. */
export class Truncated extends Error {}

/** The bytes of a frame, or of a part of it. Nothing beyond its end can be read. */
export class Packet {
  /** Offset of the first byte that is not there. */
  readonly end: number;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.end = bytes.byteLength;
  }

  /** The same bytes, with an end that is no later. */
  limit(end: number): Packet {
    return new Packet(this.bytes(0, Math.max(0, Math.min(end, this.end))));
  }

  has(at: number, length: number): boolean {
    return at >= 0 && length >= 0 && at + length <= this.end;
  }

  /** Throws unless so many bytes are there. */
  need(at: number, length: number): void {
    if (!this.has(at, length)) throw new Truncated('beyond what was captured');
  }

  u8(at: number): number {
    this.need(at, 1);
    return this.#view.getUint8(at);
  }

  u16(at: number): number {
    this.need(at, 2);
    return this.#view.getUint16(at);
  }

  u32(at: number): number {
    this.need(at, 4);
    return this.#view.getUint32(at);
  }

  bytes(at: number, length: number): Uint8Array {
    this.need(at, length);
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + at, length);
  }

  ipv4(at: number): string {
    this.need(at, 4);
    return formatAddress(this.#view, at, 4);
  }

  ipv6(at: number): string {
    this.need(at, 16);
    return formatAddress(this.#view, at, 16);
  }

  /** An Ethernet address, or a longer or shorter one in the same form. */
  mac(at: number, length = 6): string {
    return Array.from(this.bytes(at, length), (byte) => byte.toString(16).padStart(2, '0')).join(
      ':',
    );
  }
}

import type { Packet } from '../packet.js';
import type { Layer } from './layers.js';

/** Where decoding has got to, and what has been found. */
export class Cursor {
  packet: Packet;
  at = 0;
  /** What is being read: named when it turns out broken. */
  within = 'ethernet';
  readonly layers: Layer[] = [];

  constructor(packet: Packet) {
    this.packet = packet;
  }

  /** Where the innermost IP packet ends on the wire, captured or not. */
  end = 0;

  /** Ends the packet where its header says; padding behind it is none of its payload. */
  limit(end: number): void {
    this.end = end;
    this.packet = this.packet.limit(end);
  }

  /** Takes the rest as it is. */
  payload(): void {
    const length = this.packet.end - this.at;
    if (length > 0)
      this.layers.push({ layer: 'payload', bytes: this.packet.bytes(this.at, length) });
  }

  broken(): void {
    this.layers.push({ layer: 'broken', within: this.within });
  }
}

/** What comes next, if it is known. */
export type Next =
  | { readonly type: number }
  | { readonly protocol: number; readonly version: 4 | 6 };

import type { Results } from '../native/index.js';
import type { Frame, LinkType } from './frame.js';
import type { FrameFields } from './tables.js';

/** What all frames of a capture have in common. */
export interface FrameOrigin {
  readonly fields: FrameFields;
  readonly device: string;
  readonly linkType: LinkType;
}

/**
 * Frames that the kernel handed over together, up to a few thousand. The {@link Frame} objects are
 * made as they are asked for.
 */
export class FrameBatch implements Iterable<Frame> {
  /** Number of frames. */
  readonly length: number;
  readonly #origin: FrameOrigin;
  readonly #results: Results;
  readonly #records: number;
  readonly #bytes: number;

  /** @internal */
  constructor(origin: FrameOrigin, results: Results, records: number, size: number, bytes: number) {
    results.keep();
    this.length = size / origin.fields.table.size;
    this.#origin = origin;
    this.#results = results;
    this.#records = records;
    this.#bytes = bytes;
  }

  /** The frame at that place, counted from 0; `undefined` when there is none. */
  at(index: number): Frame | undefined {
    return index >= 0 && index < this.length ? this.#frame(index) : undefined;
  }

  /** The frames, in the order in which they were captured. */
  *[Symbol.iterator](): Generator<Frame, void> {
    for (let index = 0; index < this.length; index++) yield this.#frame(index);
  }

  #frame(index: number): Frame {
    const { fields, device, linkType } = this.#origin;
    const results = this.#results;
    const at = this.#records + index * fields.table.size;
    const start = results.buffer.byteOffset + this.#bytes + fields.offset.read(results, at);
    const packetType = fields.packetType.readName(results, at);
    return {
      timestamp: fields.timestamp.readBigInt(results, at),
      length: fields.length.read(results, at),
      bytes: new Uint8Array(results.buffer.buffer, start, fields.capturedLength.read(results, at)),
      linkType,
      device,
      direction: packetType === 'outgoing' ? 'out' : 'in',
      packetType,
    };
  }
}

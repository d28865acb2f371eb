import { HandleError } from '../errors/index.js';
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
 * Frames that the kernel handed over together, up to a few ten thousand. The {@link Frame} objects are
 * made as they are asked for.
 */
export class FrameBatch implements Iterable<Frame>, Disposable {
  /** Number of frames. */
  readonly length: number;
  /** Bytes that the frames had on the wire, all together: the sum of their `length`. */
  readonly wireLength: number;
  readonly #origin: FrameOrigin;
  /** Where the first frame's record lies. */
  readonly #start: number;
  #places: Uint32Array | undefined;
  #results: Results | undefined;

  /** @internal */
  constructor(origin: FrameOrigin, size: BatchSize, results: Results, start: number) {
    results.keep();
    this.length = size.length;
    this.wireLength = size.wireLength;
    this.#origin = origin;
    this.#results = results;
    this.#start = start;
  }

  /** The frame at that place, counted from 0; `undefined` when there is none. */
  at(index: number): Frame | undefined {
    this.#places ??= this.#findPlaces();
    const place = this.#places[index];
    return place === undefined ? undefined : this.#frame(place);
  }

  /** The frames, in the order in which they were captured. */
  *[Symbol.iterator](): Generator<Frame, void> {
    let place = this.#start;
    for (let index = 0; index < this.length; index++) {
      const frame = this.#frame(place);
      place = this.#behind(place, frame.bytes.length);
      yield frame;
    }
  }

  /**
   * Gives the memory back to the capture, for frames to come. Without that the garbage collector does
   * so when it happens to run, and the capture takes new memory meanwhile, which costs more than to
   * read the frames. For those who are done with a batch and keep nothing of it: from then on frames
   * that were made of it have no bytes, and reading others throws `ERR_LVS_CLOSED`.
   */
  release(): void {
    this.#results?.release();
    this.#results = undefined;
  }

  /** Same as `release()`: `for await (using batch of frames.batches())`. */
  [Symbol.dispose](): void {
    this.release();
  }

  #frame(place: number): Frame {
    const { fields, device, linkType } = this.#origin;
    const results = this.#whole();
    const start = place + fields.table.size;
    const packetType = fields.packetType.readName(results, place);
    return {
      timestamp: fields.timestamp.readBigInt(results, place),
      length: fields.length.read(results, place),
      bytes: new Uint8Array(results.bytes, start, fields.capturedLength.read(results, place)),
      linkType,
      device,
      direction: packetType === 'outgoing' ? 'out' : 'in',
      packetType,
    };
  }

  /** A frame's bytes follow its record, and are filled up to a multiple of eight. */
  #behind(place: number, capturedLength: number): number {
    return place + this.#origin.fields.table.size + ((capturedLength + 7) & ~7);
  }

  #findPlaces(): Uint32Array {
    const { capturedLength } = this.#origin.fields;
    const results = this.#whole();
    const places = new Uint32Array(this.length);
    let place = this.#start;
    for (let index = 0; index < this.length; index++) {
      places[index] = place;
      place = this.#behind(place, capturedLength.read(results, place));
    }
    return places;
  }

  #whole(): Results {
    if (this.#results === undefined) {
      throw new HandleError('ERR_LVS_CLOSED', 'the batch was released; read it before that');
    }
    return this.#results;
  }
}

type BatchSize = Pick<FrameBatch, 'length' | 'wireLength'>;

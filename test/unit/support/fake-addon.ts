import type {
  Addon,
  NativeHandle,
  OnResults,
  ProtocolDescription,
} from '../../../src/native/addon.js';
import { headers, resultFlag, textBlock, textTag } from '../../../src/native/wire.js';

/** A request as the addon would get it. */
export interface SubmittedRequest {
  readonly id: number;
  readonly operation: number;
  readonly argument: number;
  readonly blocks: readonly { readonly table: number; readonly bytes: Buffer }[];
}

/** What a test answers with. */
export interface Answer {
  readonly count?: number;
  readonly error?: number;
  readonly flags?: readonly (keyof typeof resultFlag)[];
  readonly rows?: readonly Uint8Array[];
  /** The number of the table that the rows are records of. Default: 0. */
  readonly table?: number;
  readonly texts?: { readonly [tag in keyof typeof textTag]?: string };
}

/** The addon without a thread: keeps what it is given, and answers when a test says so. */
export class FakeAddon implements Addon {
  readonly handle = {} as NativeHandle;
  /** Requests by batch. */
  readonly batches: SubmittedRequest[][] = [];
  readonly cancelled: number[] = [];
  readonly references: boolean[] = [];
  closed = 0;
  kept = 0;
  detached: ArrayBuffer[] = [];
  readonly detachResults = (results: ArrayBuffer): void => void this.detached.push(results);
  onResults: OnResults = () => undefined;
  /** What `deliverNext` delivers. */
  readonly waiting: (() => void)[] = [];
  readonly #description: ProtocolDescription;

  constructor(description: ProtocolDescription) {
    this.#description = description;
  }

  describe(): ProtocolDescription {
    return this.#description;
  }

  open(_: string, __: string, onResults: OnResults): NativeHandle {
    this.onResults = onResults;
    return this.handle;
  }

  submit(_: NativeHandle, requests: Uint8Array): void {
    // The arena is used again at once, so the real addon copies too.
    this.batches.push(readRequests(Buffer.from(requests)));
  }

  cancel(_: NativeHandle, id: number): void {
    this.cancelled.push(id);
  }

  deliverNext(_: NativeHandle, onResults: OnResults): void {
    if (onResults === this.onResults) this.waiting.shift()?.();
  }

  keepResults(): void {
    this.kept++;
  }

  reference(_: NativeHandle, referenced: boolean): void {
    this.references.push(referenced);
  }

  originalDestination(): number {
    return 0;
  }

  close(): void {
    this.closed++;
  }

  get requests(): SubmittedRequest[] {
    return this.batches.flat();
  }

  /** Delivers one lot of results, given as pairs of id and answer. */
  answer(...answers: readonly (readonly [id: number, answer: Answer])[]): void {
    this.#deliver(answers, false);
  }

  /** The same, and what follows has to wait for another turn of the event loop. */
  answerAndPause(...answers: readonly (readonly [id: number, answer: Answer])[]): void {
    this.#deliver(answers, true);
  }

  #deliver(answers: readonly (readonly [id: number, answer: Answer])[], pause: boolean): void {
    const bytes = Buffer.concat(answers.map(([id, answer]) => writeResult(id, answer)));
    const own = new ArrayBuffer(bytes.length);
    new Uint8Array(own).set(bytes);
    this.onResults(own, own.byteLength, pause);
  }

  /** The thread's last word. */
  end(): void {
    this.onResults(undefined, 0, false);
  }
}

function readRequests(bytes: Buffer): SubmittedRequest[] {
  const requests: SubmittedRequest[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = bytes.readUInt32LE(at);
    requests.push({
      id: bytes.readUInt32LE(at + 4),
      operation: bytes.readUInt16LE(at + 8),
      argument: bytes.readUInt32LE(at + 12),
      blocks: readBlocks(bytes.subarray(at + headers.request, at + size)),
    });
    at += size;
  }
  return requests;
}

function readBlocks(bytes: Buffer): SubmittedRequest['blocks'] {
  const blocks: { table: number; bytes: Buffer }[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = bytes.readUInt32LE(at);
    const start = at + headers.block;
    blocks.push({ table: bytes.readUInt16LE(at + 4), bytes: bytes.subarray(start, start + size) });
    at = start + Math.ceil(size / 8) * 8;
  }
  return blocks;
}

function writeResult(id: number, answer: Answer): Buffer {
  const { count = 1, error = 0, flags = [], rows = [], table = 0, texts = {} } = answer;
  const blocks = [
    ...Object.entries(texts).map(([tag, text]) =>
      writeBlock(textBlock, textTag[tag as keyof typeof textTag], Buffer.from(text)),
    ),
    ...rows.map((row) => writeBlock(table, 0, row)),
  ];
  const body = Buffer.concat(blocks);
  const header = Buffer.alloc(headers.result);
  header.writeUInt32LE(header.length + body.length, 0);
  header.writeUInt32LE(id, 4);
  header.writeUInt32LE(count, 8);
  header.writeInt32LE(error, 12);
  let bits = 0;
  for (const flag of flags) bits |= resultFlag[flag];
  header.writeUInt32LE(bits, 16);
  return Buffer.concat([header, body]);
}

function writeBlock(table: number, tag: number, body: Uint8Array): Buffer {
  const block = Buffer.alloc(headers.block + Math.ceil(body.length / 8) * 8);
  block.writeUInt32LE(body.length, 0);
  block.writeUInt16LE(table, 4);
  block.writeUInt16LE(tag, 6);
  block.set(body, headers.block);
  return block;
}

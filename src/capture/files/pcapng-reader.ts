import type { Frame, LinkType, PacketType } from '../frame.js';
import type { Chunks } from './chunks.js';
import { CaptureFileError } from './file-error.js';
import { linkTypeOf } from './link-types.js';
import { longestFrame, viewOf } from './pcap-reader.js';
import { blockTypes, optionCodes } from './pcapng.js';

const perSecond = 1_000_000_000n;
const noDirection = 0;

interface Interface {
  readonly linkType: LinkType | undefined;
  readonly number: number;
  readonly device: string | undefined;
  /** Most bytes that it kept of a frame. */
  readonly snapLength: number;
  /** Units of its clock in a second. */
  readonly resolution: bigint;
  /** Seconds to be added. */
  readonly offset: bigint;
}

/** A block's body, in its section's byte order. */
interface Block {
  readonly type: number;
  readonly view: DataView;
  readonly bytes: Uint8Array;
}

/** The frames of a pcapng file, whose first four bytes have been read. */
export async function* readPcapng(
  chunks: Chunks,
  start: Uint8Array,
): AsyncGenerator<Frame, void, void> {
  let little = true;
  const interfaces: Interface[] = [];
  for (let type = start; type.length > 0; type = await chunks.read(4)) {
    if (type.length < 4) throw cut();
    if (viewOf(type).getUint32(0, true) === blockTypes.section) {
      little = await readSection(chunks);
      interfaces.length = 0;
      continue;
    }
    const block = await readBlock(chunks, viewOf(type).getUint32(0, little), little);
    if (block.type === blockTypes.interface) interfaces.push(readInterface(block, little));
    const frame = readPacket(block, interfaces, little);
    if (frame !== undefined) yield frame;
  }
}

function cut(): CaptureFileError {
  return new CaptureFileError('the file ends inside a block');
}

function damaged(what: string): CaptureFileError {
  return new CaptureFileError(`the file is damaged: ${what}`);
}

/** Reads a section's header, which tells the byte order of all that follows. */
async function readSection(chunks: Chunks): Promise<boolean> {
  const head = await chunks.read(8);
  if (head.length < 8) throw cut();
  const view = viewOf(head);
  const little = view.getUint32(4, true) === blockTypes.byteOrder;
  if (!little && view.getUint32(4) !== blockTypes.byteOrder) throw damaged('no byte order');
  const length = view.getUint32(0, little);
  if (length < 28 || length > longestFrame || length % 4 !== 0) throw damaged('section header');
  if ((await chunks.read(length - 12)).length < length - 12) throw cut();
  return little;
}

async function readBlock(chunks: Chunks, type: number, little: boolean): Promise<Block> {
  const head = await chunks.read(4);
  if (head.length < 4) throw cut();
  const length = viewOf(head).getUint32(0, little);
  if (length < 12 || length > longestFrame || length % 4 !== 0) {
    throw damaged(`a block of ${length} bytes`);
  }
  const rest = await chunks.read(length - 8);
  if (rest.length < length - 8) throw cut();
  const bytes = rest.subarray(0, length - 12);
  return { type, bytes, view: viewOf(bytes) };
}

/** The options from a place on, as far as they lie inside the block. */
function* optionsOf(
  { view, bytes }: Block,
  from: number,
  little: boolean,
): Generator<[code: number, value: Uint8Array]> {
  for (let at = from; at + 4 <= bytes.length; ) {
    const [code, length] = [view.getUint16(at, little), view.getUint16(at + 2, little)];
    if (code === 0 || at + 4 + length > bytes.length) return;
    yield [code, bytes.subarray(at + 4, at + 4 + length)];
    at += 4 + Math.ceil(length / 4) * 4;
  }
}

function readInterface(block: Block, little: boolean): Interface {
  if (block.bytes.length < 8) throw damaged('interface');
  const number = block.view.getUint16(0, little);
  let device: string | undefined;
  let resolution = 1_000_000n;
  let offset = 0n;
  for (const [code, value] of optionsOf(block, 8, little)) {
    if (code === optionCodes.interfaceName) device = Buffer.from(value).toString();
    if (code === optionCodes.timeResolution && value.length > 0)
      resolution = unitsOf(value[0] ?? 0);
    if (code === optionCodes.timeOffset && value.length === 8) {
      offset = viewOf(value).getBigInt64(0, little);
    }
  }
  // 0 is no limit.
  const snapLength = block.view.getUint32(4, little) || Number.POSITIVE_INFINITY;
  return { linkType: linkTypeOf(number), number, device, snapLength, resolution, offset };
}

/** Powers of ten; of two with the upper bit set. */
function unitsOf(resolution: number): bigint {
  return BigInt((resolution & 0x80) === 0 ? 10 : 2) ** BigInt(resolution & 0x7f);
}

function readPacket(
  block: Block,
  interfaces: readonly Interface[],
  little: boolean,
): Frame | undefined {
  if (block.type === blockTypes.packet) {
    if (block.bytes.length < 20) throw damaged('packet');
    const { view } = block;
    const from = interfaceAt(interfaces, view.getUint32(0, little));
    const captured = view.getUint32(12, little);
    if (captured > block.bytes.length - 20) throw damaged('packet');
    const ticks = (BigInt(view.getUint32(4, little)) << 32n) | BigInt(view.getUint32(8, little));
    return {
      timestamp: (ticks * perSecond) / from.resolution + from.offset * perSecond,
      length: view.getUint32(16, little),
      bytes: block.bytes.subarray(20, 20 + captured),
      linkType: from.linkType,
      device: from.device,
      ...addressing(block, 20 + Math.ceil(captured / 4) * 4, little),
    };
  }
  if (block.type !== blockTypes.simplePacket) return undefined;
  if (block.bytes.length < 4) throw damaged('packet');
  const from = interfaceAt(interfaces, 0);
  const length = block.view.getUint32(0, little);
  return {
    timestamp: 0n,
    length,
    bytes: block.bytes.subarray(4, 4 + Math.min(length, from.snapLength)),
    linkType: from.linkType,
    device: from.device,
    direction: undefined,
    packetType: undefined,
  };
}

function interfaceAt(
  interfaces: readonly Interface[],
  index: number,
): Interface & { readonly linkType: LinkType } {
  const found = interfaces[index];
  if (found === undefined) throw damaged('a frame of an interface that was not described');
  const { linkType } = found;
  if (linkType === undefined) throw new CaptureFileError(`link type ${found.number} is not known`);
  return { ...found, linkType };
}

const receptions: readonly (PacketType | undefined)[] = [
  undefined,
  'host',
  'multicast',
  'broadcast',
  'otherHost',
];

function addressing(
  block: Block,
  from: number,
  little: boolean,
): Pick<Frame, 'direction' | 'packetType'> {
  for (const [code, value] of optionsOf(block, from, little)) {
    if (code !== optionCodes.packetFlags || value.length !== 4) continue;
    const flags = viewOf(value).getUint32(0, little);
    const way = flags & 3;
    if (way === noDirection) break;
    const direction = way === 1 ? 'in' : 'out';
    const packetType = way === 1 ? receptions[(flags >> 2) & 7] : 'outgoing';
    return { direction, packetType };
  }
  return { direction: undefined, packetType: undefined };
}

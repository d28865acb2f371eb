import type { Frame } from '../frame.js';
import type { Chunks } from './chunks.js';
import { CaptureFileError } from './file-error.js';
import { linkTypeOf } from './link-types.js';

const headerRest = 20;
const recordLength = 16;
/** Longer than any frame: beyond, the file is damaged. */
export const longestFrame = 1 << 24;
const perSecond = 1_000_000_000n;

/** Byte order and unit of time, by the first four bytes read as little-endian. */
const kinds = new Map([
  [0xa1_b2_c3_d4, { little: true, unit: 1000n }],
  [0xd4_c3_b2_a1, { little: false, unit: 1000n }],
  [0xa1_b2_3c_4d, { little: true, unit: 1n }],
  [0x4d_3c_b2_a1, { little: false, unit: 1n }],
]);

/** The frames of a pcap file, whose first four bytes have been read. */
export async function* readPcap(chunks: Chunks, magic: number): AsyncGenerator<Frame, void, void> {
  const kind = kinds.get(magic);
  if (kind === undefined) throw new CaptureFileError('this is no pcap or pcapng file');
  const { little, unit } = kind;
  const header = viewOf(await chunks.read(headerRest));
  if (header.byteLength < headerRest) throw new CaptureFileError('the file ends inside its header');
  // The upper bits tell of check sums behind the frames.
  const number = header.getUint32(16, little) & 0xf_ff_ff_ff;
  const linkType = linkTypeOf(number);
  if (linkType === undefined) throw new CaptureFileError(`link type ${number} is not known`);
  while (true) {
    const record = viewOf(await chunks.read(recordLength));
    if (record.byteLength === 0) return;
    if (record.byteLength < recordLength)
      throw new CaptureFileError('the file ends inside a frame');
    const captured = record.getUint32(8, little);
    if (captured > longestFrame) throw new CaptureFileError(`a frame of ${captured} bytes`);
    const bytes = await chunks.read(captured);
    if (bytes.length < captured) throw new CaptureFileError('the file ends inside a frame');
    const [seconds, fraction] = [record.getUint32(0, little), record.getUint32(4, little)];
    yield {
      timestamp: BigInt(seconds) * perSecond + BigInt(fraction) * unit,
      length: record.getUint32(12, little),
      bytes,
      linkType,
      device: undefined,
      direction: undefined,
      packetType: undefined,
    };
  }
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

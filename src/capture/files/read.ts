import type { Frame } from '../frame.js';
import { Chunks } from './chunks.js';
import { CaptureFileError } from './file-error.js';
import { readPcap } from './pcap-reader.js';
import { blockTypes } from './pcapng.js';
import { readPcapng } from './pcapng-reader.js';

/**
 * Reads the frames of a pcap or pcapng file of either byte order, with microseconds or nanoseconds.
 *
 * ```ts
 * import { createReadStream } from 'node:fs';
 * import { formatFrame, readFrames } from 'lvs/capture';
 *
 * for await (const frame of readFrames(createReadStream('br0.pcapng'))) console.log(formatFrame(frame));
 * ```
 *
 * @param source - The file's bytes, in chunks of any size.
 * @throws CaptureFileError behind the last whole frame, when it is no such file or a damaged one, or
 *   has frames that begin neither with an Ethernet nor with an IP header.
 */
export async function* readFrames(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Frame, void, void> {
  const chunks = new Chunks(source);
  try {
    const start = await chunks.read(4);
    if (start.length < 4) throw new CaptureFileError('this is no capture file: it is too short');
    const magic = new DataView(start.buffer, start.byteOffset).getUint32(0, true);
    if (magic === blockTypes.section) yield* readPcapng(chunks, start);
    else yield* readPcap(chunks, magic);
  } finally {
    await chunks.close();
  }
}

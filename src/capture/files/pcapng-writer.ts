import { Transform } from 'node:stream';
import type { CaptureStats } from '../capture.js';
import type { Frame, PacketType } from '../frame.js';
import { linkTypeNumbers } from './link-types.js';
import { blockTypes, nanosecondResolution, optionCodes } from './pcapng.js';

/** Settings of {@link pcapngWriter}. */
export interface PcapngWriterOptions {
  /**
   * Asked at the end for the counts that the file is to keep: `() => frames.stats()` of the capture
   * that the frames come from.
   */
  readonly stats?: (() => CaptureStats | Promise<CaptureStats>) | undefined;
}

/**
 * A stream that takes frames and gives the bytes of a pcapng file: nanoseconds, the device and
 * direction of each frame, and at the end what was received and dropped.
 *
 * ```ts
 * import { createWriteStream } from 'node:fs';
 * import { pipeline } from 'node:stream/promises';
 * import { capture, pcapngWriter } from 'lvs/capture';
 *
 * const frames = capture({ device: 'br0' });
 * const writer = pcapngWriter({ stats: () => frames.stats() });
 * await pipeline(frames, writer, createWriteStream('br0.pcapng'));
 * ```
 *
 * @see draft-ietf-opsawg-pcapng
 */
export function pcapngWriter(options: PcapngWriterOptions = {}): Transform {
  const interfaces = new Map<string, number>();
  let last = 0n;
  const transform = new Transform({
    writableObjectMode: true,
    transform(frame: Frame, _encoding, done) {
      const key = `${frame.linkType} ${frame.device ?? ''}`;
      let index = interfaces.get(key);
      if (index === undefined) {
        index = interfaces.size;
        interfaces.set(key, index);
        this.push(interfaceBlock(frame));
      }
      last = frame.timestamp;
      done(null, packetBlock(frame, index));
    },
    async flush(done) {
      try {
        // A file without any interface is none.
        if (interfaces.size === 0)
          this.push(interfaceBlock({ linkType: 'ethernet', device: undefined }));
        const stats = await options.stats?.();
        done(null, stats === undefined ? undefined : statisticsBlock(stats, last));
      } catch (error) {
        done(error as Error);
      }
    },
  });
  transform.push(sectionBlock());
  return transform;
}

/** A block has its length in front and behind; its body is filled up to a multiple of four. */
function block(type: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts.map(padded));
  const buffer = Buffer.alloc(body.length + 12);
  buffer.writeUInt32LE(type, 0);
  buffer.writeUInt32LE(buffer.length, 4);
  buffer.set(body, 8);
  buffer.writeUInt32LE(buffer.length, buffer.length - 4);
  return buffer;
}

function padded(bytes: Uint8Array): Uint8Array {
  const rest = bytes.length % 4;
  return rest === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(4 - rest)]);
}

function option(code: number, value: Uint8Array): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt16LE(code, 0);
  buffer.writeUInt16LE(value.length, 2);
  return Buffer.concat([buffer, padded(value)]);
}

const endOfOptions = Buffer.alloc(4);

function words(...values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) buffer.writeUInt32LE(value, index * 4);
  return buffer;
}

/** The high half comes first, whatever the byte order is. */
function time(timestamp: bigint): Buffer {
  return words(Number(timestamp >> 32n), Number(timestamp & 0xff_ff_ff_ffn));
}

function long(value: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt(value));
  return buffer;
}

function sectionBlock(): Buffer {
  // Version 1.0, of a length that is not told.
  return block(blockTypes.section, words(blockTypes.byteOrder, 1, 0xff_ff_ff_ff, 0xff_ff_ff_ff));
}

function interfaceBlock({ linkType, device }: Pick<Frame, 'linkType' | 'device'>): Buffer {
  return block(
    blockTypes.interface,
    words(linkTypeNumbers[linkType], 0),
    ...(device === undefined ? [] : [option(optionCodes.interfaceName, Buffer.from(device))]),
    option(optionCodes.timeResolution, Buffer.from([nanosecondResolution])),
    endOfOptions,
  );
}

/** How the frame was addressed, in bits 2 to 4 of its flags. */
const receptions: { readonly [type in PacketType]: number } = {
  host: 1,
  multicast: 2,
  broadcast: 3,
  otherHost: 4,
  outgoing: 0,
};

function packetBlock(frame: Frame, index: number): Buffer {
  const { timestamp, bytes, length, direction, packetType } = frame;
  const way = direction === undefined ? 0 : direction === 'in' ? 1 : 2;
  const flags = way | ((packetType === undefined ? 0 : receptions[packetType]) << 2);
  return block(
    blockTypes.packet,
    words(index),
    time(timestamp),
    words(bytes.length, length),
    bytes,
    ...(flags === 0 ? [] : [option(optionCodes.packetFlags, words(flags)), endOfOptions]),
  );
}

function statisticsBlock({ received, dropped }: CaptureStats, at: bigint): Buffer {
  return block(
    blockTypes.statistics,
    words(0),
    time(at),
    option(optionCodes.received, long(received)),
    option(optionCodes.dropped, long(dropped)),
    endOfOptions,
  );
}

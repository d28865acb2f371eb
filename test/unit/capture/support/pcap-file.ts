// Frames and capture files for tests, made without the code under test.
import type { Frame } from '../../../../src/capture/index.js';

/** A frame that was captured as many milliseconds after 09:30 of a day in 2026 as `index` says. */
export function frameOf(bytes: Uint8Array, index = 0, length: number = bytes.length): Frame {
  return {
    timestamp: 1_790_000_000_000_000_000n + BigInt(index) * 1_000_123n,
    length,
    bytes,
    linkType: 'ethernet',
    device: undefined,
    direction: undefined,
    packetType: undefined,
  };
}

/** The frames as a little-endian pcap file with nanoseconds. */
export function pcapFile(frames: readonly Frame[]): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1_b2_3c_4d, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(1, 20);
  const records = frames.flatMap(({ timestamp, length, bytes }) => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(Number(timestamp / 1_000_000_000n), 0);
    record.writeUInt32LE(Number(timestamp % 1_000_000_000n), 4);
    record.writeUInt32LE(bytes.length, 8);
    record.writeUInt32LE(length, 12);
    return [record, bytes];
  });
  return Buffer.concat([header, ...records]);
}

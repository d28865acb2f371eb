import { Transform } from 'node:stream';
import { invalidValue } from '../../errors/index.js';
import type { Frame, LinkType } from '../frame.js';
import { linkTypeNumbers } from './link-types.js';

const headerLength = 24;
const recordLength = 16;
const nanosecondMagic = 0xa1_b2_3c_4d;
const snapLength = 262_144;
const perSecond = 1_000_000_000n;

/**
 * A stream that takes frames and gives the bytes of a pcap file with nanoseconds. It has one link
 * type, that of the first frame; a frame of another ends it with an error.
 *
 * ```ts
 * import { createWriteStream } from 'node:fs';
 * import { pipeline } from 'node:stream/promises';
 * import { capture, pcapWriter } from 'lvs/capture';
 *
 * await pipeline(capture({ device: 'br0' }), pcapWriter(), createWriteStream('br0.pcap'));
 * ```
 *
 * @see pcap-savefile(5)
 */
export function pcapWriter(): Transform {
  let linkType: LinkType | undefined;
  return new Transform({
    writableObjectMode: true,
    transform(frame: Frame, _encoding, done) {
      if (linkType === undefined) {
        linkType = frame.linkType;
        this.push(header(linkType));
      }
      if (frame.linkType !== linkType) {
        done(
          invalidValue('frame.linkType', `'${linkType}', as in the frames before`, frame.linkType),
        );
        return;
      }
      this.push(record(frame));
      done(null, frame.bytes);
    },
    flush(done) {
      if (linkType === undefined) this.push(header('ethernet'));
      done();
    },
  });
}

function header(linkType: LinkType): Buffer {
  const buffer = Buffer.alloc(headerLength);
  buffer.writeUInt32LE(nanosecondMagic, 0);
  buffer.writeUInt16LE(2, 4);
  buffer.writeUInt16LE(4, 6);
  buffer.writeUInt32LE(snapLength, 16);
  buffer.writeUInt32LE(linkTypeNumbers[linkType], 20);
  return buffer;
}

function record({ timestamp, bytes, length }: Frame): Buffer {
  const buffer = Buffer.alloc(recordLength);
  buffer.writeUInt32LE(Number(timestamp / perSecond), 0);
  buffer.writeUInt32LE(Number(timestamp % perSecond), 4);
  buffer.writeUInt32LE(bytes.length, 8);
  buffer.writeUInt32LE(length, 12);
  return buffer;
}

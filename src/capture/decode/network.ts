import { ipProtocol } from '../numbers.js';
import type { Cursor, Next } from './cursor.js';

/** Reads an IPv4 header; undefined when nothing readable is behind it. */
export function readIpv4(cursor: Cursor): Next | undefined {
  cursor.within = 'ipv4';
  const { packet, at } = cursor;
  const headerLength = (packet.u8(at) & 0xf) * 4;
  const length = packet.u16(at + 2);
  packet.need(at, Math.max(headerLength, 20));
  if (packet.u8(at) >> 4 !== 4 || headerLength < 20 || length < headerLength) {
    cursor.broken();
    return undefined;
  }
  const fragment = packet.u16(at + 6);
  const fragmentOffset = (fragment & 0x1f_ff) * 8;
  const protocol = packet.u8(at + 9);
  cursor.layers.push({
    layer: 'ipv4',
    source: packet.ipv4(at + 12),
    destination: packet.ipv4(at + 16),
    protocol,
    ttl: packet.u8(at + 8),
    trafficClass: packet.u8(at + 1),
    identification: packet.u16(at + 4),
    dontFragment: (fragment & 0x40_00) !== 0,
    moreFragments: (fragment & 0x20_00) !== 0,
    fragmentOffset,
    length,
  });
  cursor.limit(at + length);
  cursor.at += headerLength;
  return behind(cursor, protocol, 4, fragmentOffset);
}

/** Only a first fragment begins with a header. */
function behind(
  cursor: Cursor,
  protocol: number,
  version: 4 | 6,
  fragmentOffset: number,
): Next | undefined {
  if (fragmentOffset === 0) return { protocol, version };
  cursor.payload();
  return undefined;
}

/** Reads an IPv6 header and its extension headers. */
export function readIpv6(cursor: Cursor): Next | undefined {
  cursor.within = 'ipv6';
  const { packet, at } = cursor;
  packet.need(at, 40);
  const first = packet.u32(at);
  if (first >>> 28 !== 6) {
    cursor.broken();
    return undefined;
  }
  const payloadLength = packet.u16(at + 4);
  cursor.limit(at + 40 + payloadLength);
  cursor.at += 40;
  const extensions = skipExtensions(cursor, packet.u8(at + 6));
  cursor.layers.push({
    layer: 'ipv6',
    source: packet.ipv6(at + 8),
    destination: packet.ipv6(at + 24),
    protocol: extensions.protocol,
    hopLimit: packet.u8(at + 7),
    trafficClass: (first >>> 20) & 0xff,
    flowLabel: first & 0xf_ff_ff,
    moreFragments: extensions.moreFragments,
    fragmentOffset: extensions.fragmentOffset,
    payloadLength,
  });
  if (extensions.broken) {
    cursor.broken();
    return undefined;
  }
  return behind(cursor, extensions.protocol, 6, extensions.fragmentOffset);
}

interface Extensions {
  protocol: number;
  moreFragments: boolean;
  fragmentOffset: number;
  broken: boolean;
}

const extensionHeaders: readonly number[] = [
  ipProtocol.hopByHop,
  ipProtocol.routing,
  ipProtocol.destinationOptions,
];

/** Each is eight bytes at least, so this ends with the packet at the latest. */
function skipExtensions(cursor: Cursor, protocol: number): Extensions {
  const found = { protocol, moreFragments: false, fragmentOffset: 0, broken: false };
  const { packet } = cursor;
  while (found.fragmentOffset === 0) {
    const fragment = found.protocol === ipProtocol.fragment;
    if (!fragment && !extensionHeaders.includes(found.protocol)) break;
    if (!packet.has(cursor.at, 8)) {
      found.broken = true;
      break;
    }
    found.protocol = packet.u8(cursor.at);
    if (fragment) {
      found.fragmentOffset = packet.u16(cursor.at + 2) & 0xff_f8;
      found.moreFragments = (packet.u16(cursor.at + 2) & 1) !== 0;
    }
    cursor.at += fragment ? 8 : (packet.u8(cursor.at + 1) + 1) * 8;
  }
  return found;
}

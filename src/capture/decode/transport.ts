import { etherType, greFlag, ipProtocol } from '../numbers.js';
import type { Cursor, Next } from './cursor.js';
import type { TcpFlag } from './layers.js';

/** In the order of their bits (RFC 9293). */
const flagNames: readonly TcpFlag[] = ['fin', 'syn', 'rst', 'psh', 'ack', 'urg', 'ece', 'cwr'];
const guePort = 6080;

/** Reads a TCP header; its payload is left as it is. */
export function readTcp(cursor: Cursor): undefined {
  cursor.within = 'tcp';
  const { packet, at, end } = cursor;
  packet.need(at, 20);
  const headerLength = (packet.u8(at + 12) >> 4) * 4;
  if (headerLength < 20 || at + headerLength > end) {
    cursor.broken();
    return;
  }
  const bits = packet.u8(at + 13);
  cursor.layers.push({
    layer: 'tcp',
    sourcePort: packet.u16(at),
    destinationPort: packet.u16(at + 2),
    sequence: packet.u32(at + 4),
    acknowledgement: packet.u32(at + 8),
    flags: flagNames.filter((_, bit) => ((bits >> bit) & 1) === 1),
    window: packet.u16(at + 14),
    payloadLength: end - at - headerLength,
  });
  packet.need(at, headerLength);
  cursor.at += headerLength;
  cursor.payload();
}

/** Reads a UDP header, and GUE behind it. */
export function readUdp(cursor: Cursor): Next | undefined {
  cursor.within = 'udp';
  const { packet, at } = cursor;
  packet.need(at, 8);
  const destinationPort = packet.u16(at + 2);
  const length = packet.u16(at + 4);
  cursor.layers.push({
    layer: 'udp',
    sourcePort: packet.u16(at),
    destinationPort,
    payloadLength: Math.max(0, length - 8),
  });
  cursor.at += 8;
  if (destinationPort === guePort) return readGue(cursor);
  cursor.payload();
  return undefined;
}

/** Variant 1 has no header: the IP packet follows at once. */
function readGue(cursor: Cursor): Next | undefined {
  cursor.within = 'gue';
  const { packet, at } = cursor;
  const first = packet.u8(at);
  if (first >> 6 === 1) return { type: (first >> 4) % 4 === 0 ? etherType.ipv4 : etherType.ipv6 };
  if (first >> 6 !== 0) {
    cursor.payload();
    return undefined;
  }
  const headerLength = 4 + (first & 0x1f) * 4;
  packet.need(at, headerLength);
  const [control, protocol] = [(first & 0x20) !== 0, packet.u8(at + 1)];
  cursor.layers.push({ layer: 'gue', protocol, control });
  cursor.at += headerLength;
  if (!control) return { protocol, version: protocol === ipProtocol.icmpv6 ? 6 : 4 };
  cursor.payload();
  return undefined;
}

/** Reads a GRE header. */
export function readGre(cursor: Cursor): Next | undefined {
  cursor.within = 'gre';
  const { packet } = cursor;
  const flags = packet.u16(cursor.at);
  const type = packet.u16(cursor.at + 2);
  if ((flags & 7) !== 0) {
    cursor.payload();
    return undefined;
  }
  let at = cursor.at + 4;
  const optional = (wanted: number): number | undefined => {
    if ((flags & wanted) === 0) return undefined;
    at += 4;
    return packet.u32(at - 4);
  };
  const checksum = optional(greFlag.checksum | greFlag.routing);
  const [key, sequence] = [optional(greFlag.key), optional(greFlag.sequence)];
  cursor.layers.push({
    layer: 'gre',
    type,
    checksum:
      (flags & greFlag.checksum) === 0 || checksum === undefined ? undefined : checksum >>> 16,
    key,
    sequence,
  });
  cursor.at = at;
  return { type };
}

const echoTypes = { icmp: [0, 8], icmpv6: [128, 129] } as const;
const neighbourTypes = [135, 136];

/** Reads an ICMP message; what it quotes or carries is left as it is. */
export function readIcmp(cursor: Cursor, layer: 'icmp' | 'icmpv6'): undefined {
  cursor.within = layer;
  const { packet, at } = cursor;
  const [type, code] = [packet.u8(at), packet.u8(at + 1)];
  packet.need(at, 8);
  const echo = (echoTypes[layer] as readonly number[]).includes(type);
  const neighbour = layer === 'icmpv6' && neighbourTypes.includes(type);
  cursor.layers.push({
    layer,
    type,
    code,
    ...(echo && { identifier: packet.u16(at + 4), sequence: packet.u16(at + 6) }),
    ...(neighbour && { target: packet.ipv6(at + 8) }),
  });
  cursor.at += neighbour ? 24 : 8;
  cursor.payload();
}

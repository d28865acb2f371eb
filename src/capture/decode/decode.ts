import type { Frame } from '../frame.js';
import { etherType, ipProtocol } from '../numbers.js';
import { Packet, Truncated } from '../packet.js';
import type { Next } from './cursor.js';
import { Cursor } from './cursor.js';
import type { Layer } from './layers.js';
import { readArp, readEthernet } from './link.js';
import { readIpv4, readIpv6 } from './network.js';
import { readGre, readIcmp, readTcp, readUdp } from './transport.js';

/** Packets may lie in packets, but not without end. */
const mostLayers = 32;

/**
 * The headers of a frame from the outside in, as plain objects: Ethernet, VLAN tags, ARP, IPv4, IPv6,
 * ICMP, TCP, UDP, GRE and GUE, and what lies in tunnels. What is left is a last layer `payload`; a
 * frame that ends too early, or contradicts itself, has a last layer `broken`. Never throws.
 */
export function decodeFrame(frame: Frame): Layer[] {
  const cursor = new Cursor(new Packet(frame.bytes));
  try {
    let next: Next | undefined =
      frame.linkType === 'ethernet' ? readEthernet(cursor) : rawType(cursor);
    while (next !== undefined && cursor.layers.length < mostLayers) next = readNext(cursor, next);
    if (next !== undefined) cursor.payload();
  } catch (error) {
    if (!(error instanceof Truncated)) throw error;
    cursor.broken();
  }
  return cursor.layers;
}

function rawType(cursor: Cursor): Next {
  cursor.within = 'raw';
  return { type: cursor.packet.u8(0) >> 4 === 6 ? etherType.ipv6 : etherType.ipv4 };
}

function readNext(cursor: Cursor, next: Next): Next | undefined {
  if ('type' in next) return readByType(cursor, next.type);
  switch (next.protocol) {
    case ipProtocol.tcp:
      return readTcp(cursor);
    case ipProtocol.udp:
      return readUdp(cursor);
    case ipProtocol.gre:
      return readGre(cursor);
    case ipProtocol.ipv4:
      return readIpv4(cursor);
    case ipProtocol.ipv6:
      return readIpv6(cursor);
    case ipProtocol.icmp:
    case ipProtocol.icmpv6:
      if ((next.protocol === ipProtocol.icmpv6) !== (next.version === 6)) break;
      return readIcmp(cursor, next.version === 6 ? 'icmpv6' : 'icmp');
    default:
  }
  cursor.payload();
  return undefined;
}

function readByType(cursor: Cursor, type: number): Next | undefined {
  if (type === etherType.ipv4) return readIpv4(cursor);
  if (type === etherType.ipv6) return readIpv6(cursor);
  if (type === etherType.arp) return readArp(cursor);
  if (type === etherType.transparentBridging) return readEthernet(cursor);
  cursor.payload();
  return undefined;
}

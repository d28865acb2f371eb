import { etherType, icmpv6Type, ipProtocol } from '../numbers.js';
import { addressBytes, ethernetFrame } from './bytes.js';

const unspecified = '::';
const allNodes = 'ff02::1';
/** The rest of a solicited-node address is the end of the address itself (RFC 4291, 2.7.1). */
const solicitedNode = 'ff02::1:ff00:0';
const solicitedNodePrefix = 13;

/** Routers do not pass on what has used up a hop, so 255 proves that it comes from this link. */
const hopLimit = 255;
const routerFlag = 0x80;
const overrideFlag = 0x20;
const targetLinkLayerAddress = 2;

const ipv6Header = 40;
const checksumPlace = 2;

/** A neighbour solicitation as duplicate address detection sends it (RFC 4862, 5.4.2). */
export function neighbourProbe(mac: Uint8Array, address: string): Uint8Array {
  const target = addressBytes(address);
  const group = addressBytes(solicitedNode);
  group.set(target.subarray(solicitedNodePrefix), solicitedNodePrefix);
  const message = Uint8Array.from([icmpv6Type.neighbourSolicitation, ...zeros(7), ...target]);
  return multicast(mac, addressBytes(unspecified), group, message);
}

/**
 * An unsolicited neighbour advertisement to all nodes (RFC 4861, 7.2.6): whoever knows the address
 * by another MAC takes this one. Who gets one without the router flag gives up routes by way of the
 * sender, so a router has to set it.
 */
export function neighbourAnnouncement(
  mac: Uint8Array,
  address: string,
  router: boolean,
): Uint8Array {
  const target = addressBytes(address);
  const flags = overrideFlag | (router ? routerFlag : 0);
  const message = Uint8Array.from([
    ...[icmpv6Type.neighbourAdvertisement, 0, 0, 0],
    ...[flags, 0, 0, 0],
    ...target,
    ...[targetLinkLayerAddress, 1],
    ...mac,
  ]);
  return multicast(mac, target, addressBytes(allNodes), message);
}

function multicast(
  mac: Uint8Array,
  source: Uint8Array,
  group: Uint8Array,
  message: Uint8Array,
): Uint8Array {
  const packet = new Uint8Array(ipv6Header + message.length);
  const view = new DataView(packet.buffer);
  view.setUint8(0, 0x60);
  view.setUint16(4, message.length);
  view.setUint8(6, ipProtocol.icmpv6);
  view.setUint8(7, hopLimit);
  packet.set(source, 8);
  packet.set(group, 24);
  packet.set(message, ipv6Header);
  view.setUint16(ipv6Header + checksumPlace, checksum(packet, message.length));
  // RFC 2464: 33:33 and the last four bytes of the group.
  const destination = Uint8Array.from([0x33, 0x33, ...group.subarray(12)]);
  return ethernetFrame(destination, mac, etherType.ipv6, packet);
}

/** Over the addresses, the length, the protocol and the message (RFC 8200, 8.1). */
function checksum(packet: Uint8Array<ArrayBuffer>, length: number): number {
  const view = new DataView(packet.buffer);
  let sum = length + ipProtocol.icmpv6;
  for (let at = 8; at < packet.length; at += 2) sum += view.getUint16(at);
  while (sum > 0xff_ff) sum = (sum & 0xff_ff) + (sum >>> 16);
  return ~sum & 0xff_ff;
}

function zeros(count: number): Uint8Array {
  return new Uint8Array(count);
}

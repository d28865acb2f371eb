import { arpOperation, etherType } from '../numbers.js';
import { addressBytes, ethernetFrame } from './bytes.js';

const everybody = new Uint8Array(6).fill(0xff);
const nobody = new Uint8Array(6);
/** Ethernet, IPv4, and the lengths of their addresses. */
const addressKinds = [0, 1, 0x08, 0, 6, 4] as const;

/** An ARP probe (RFC 5227): a question from no address, so that nobody learns anything from it. */
export function arpProbe(mac: Uint8Array, address: string): Uint8Array {
  return broadcast(mac, arpOperation.request, '0.0.0.0', nobody, address);
}

/**
 * An ARP announcement (RFC 5227), also called gratuitous ARP: a question, or an answer that nobody
 * asked for, from the address about itself. Linux takes an answer for one only where it is also for
 * the sender's own MAC (`arp_is_garp` in net/ipv4/arp.c).
 */
export function arpAnnouncement(
  mac: Uint8Array,
  address: string,
  form: 'request' | 'reply',
): Uint8Array {
  const target = form === 'request' ? nobody : mac;
  return broadcast(mac, arpOperation[form], address, target, address);
}

function broadcast(
  mac: Uint8Array,
  operation: number,
  senderAddress: string,
  targetMac: Uint8Array,
  targetAddress: string,
): Uint8Array {
  const message = Uint8Array.from([
    ...addressKinds,
    ...[0, operation],
    ...mac,
    ...addressBytes(senderAddress),
    ...targetMac,
    ...addressBytes(targetAddress),
  ]);
  return ethernetFrame(everybody, mac, etherType.arp, message);
}

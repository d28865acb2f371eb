import { etherType } from '../numbers.js';
import { printArp } from './arp.js';
import { printIpv4 } from './ipv4.js';
import { printIpv6 } from './ipv6.js';
import type { Printer } from './printer.js';

/** Prints what a frame of that Ethernet type carries; false when it is not known here. */
export function printByType(to: Printer, type: number, at: number, length: number): boolean {
  if (type === etherType.ipv4) printIpv4(to, at, length);
  else if (type === etherType.ipv6) printIpv6(to, at, length);
  else if (type === etherType.arp || type === etherType.reverseArp) printArp(to, at, length);
  else return false;
  return true;
}

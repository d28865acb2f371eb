import type { Address } from '../../address/index.js';
import { arpProbe } from './arp.js';
import { neighbourProbe } from './neighbour-discovery.js';

/** The frame that asks who has an address, in the name of nobody. */
export function probeFrame(mac: Uint8Array, { family, text }: Address): Uint8Array {
  return family === 'ipv4' ? arpProbe(mac, text) : neighbourProbe(mac, text);
}

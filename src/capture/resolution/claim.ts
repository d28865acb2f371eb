import type { Layer } from '../decode/index.js';
import { arpOperation, icmpv6Type } from '../numbers.js';

/** What a machine said of an address in ARP or in neighbour discovery. */
export interface AddressClaim {
  /** The machine's Ethernet address, `'02:00:0a:00:00:01'`. */
  readonly macAddress: string;
  /** It has the address; or it is just looking whether it may take it, as `probeAddress` does. */
  readonly claim: 'holds' | 'probes';
}

/** What the frame claims of the address, if anything. */
export function claimOf(layers: readonly Layer[], address: string): AddressClaim | undefined {
  const [ethernet] = layers;
  const message = layers.find(({ layer }) => layer === 'arp' || layer === 'icmpv6');
  if (message?.layer === 'arp') {
    const { senderMac, senderAddress, targetAddress, operation } = message;
    if (senderAddress === address) return { macAddress: senderMac, claim: 'holds' };
    const probes = operation === arpOperation.request && senderAddress === '0.0.0.0';
    return probes && targetAddress === address
      ? { macAddress: senderMac, claim: 'probes' }
      : undefined;
  }
  if (message?.layer !== 'icmpv6' || ethernet?.layer !== 'ethernet') return undefined;
  if (message.target !== address) return undefined;
  const macAddress = ethernet.source;
  if (message.type === icmpv6Type.neighbourAdvertisement) return { macAddress, claim: 'holds' };
  const asksFromNowhere = layers.some((layer) => layer.layer === 'ipv6' && layer.source === '::');
  return asksFromNowhere && message.type === icmpv6Type.neighbourSolicitation
    ? { macAddress, claim: 'probes' }
    : undefined;
}

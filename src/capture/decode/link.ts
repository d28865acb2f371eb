import { etherType, tagTypes } from '../numbers.js';
import type { Cursor, Next } from './cursor.js';

/** Reads an Ethernet header and the tags behind it. */
export function readEthernet(cursor: Cursor): Next {
  cursor.within = 'ethernet';
  const { packet, at } = cursor;
  let type = packet.u16(at + 12);
  const [source, destination] = [packet.mac(at + 6), packet.mac(at)];
  cursor.layers.push({ layer: 'ethernet', source, destination, type });
  cursor.at += 14;
  while (tagTypes.includes(type)) {
    cursor.within = 'vlan';
    const [control, next] = [packet.u16(cursor.at), packet.u16(cursor.at + 2)];
    cursor.layers.push({
      layer: 'vlan',
      identifier: control & 0xf_ff,
      priority: control >> 13,
      dropEligible: (control & 0x10_00) !== 0,
      tagType: type,
      type: next,
    });
    type = next;
    cursor.at += 4;
  }
  return { type };
}

/** Reads ARP; undefined when it is not for IPv4 on Ethernet. */
export function readArp(cursor: Cursor): undefined {
  cursor.within = 'arp';
  const { packet, at } = cursor;
  const usual =
    packet.u16(at + 2) === etherType.ipv4 && packet.u8(at + 4) === 6 && packet.u8(at + 5) === 4;
  if (!usual) {
    cursor.payload();
    return;
  }
  cursor.layers.push({
    layer: 'arp',
    operation: packet.u16(at + 6),
    senderMac: packet.mac(at + 8),
    senderAddress: packet.ipv4(at + 14),
    targetMac: packet.mac(at + 18),
    targetAddress: packet.ipv4(at + 24),
  });
}

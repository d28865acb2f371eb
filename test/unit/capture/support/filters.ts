// Filters beside the expression of pcap-filter(7) that means the same.
import type { Filter } from '../../../../src/capture/index.js';
import { macs } from './build.js';

// tcpdump looks for ports neither behind IPv6 extension headers nor in fragments of IPv6, and
// inside VLAN tags only where the kernel has taken them out; what it is asked here leaves that out.
export const comparable: readonly (readonly [expression: string, filter: Filter])[] = [
  ['host 10.0.0.2', { host: '10.0.0.2' }],
  ['src host 10.0.0.2', { source: '10.0.0.2' }],
  ['dst host 10.0.0.2', { destination: { host: '10.0.0.2' } }],
  ['host 2001:db8::2', { host: '2001:db8::2' }],
  ['src host 2001:db8::1', { source: '2001:db8::1' }],
  ['net 10.0.0.0/30', { network: '10.0.0.0/30' }],
  ['src net 10.0.0.2/31', { source: '10.0.0.2/31' }],
  ['dst net 2001:db8::/33', { destination: '2001:db8::/33' }],
  ['ip', { protocol: 'ipv4' }],
  ['ip6', { protocol: 'ipv6' }],
  ['arp', { arp: true }],
  ['not arp', { arp: false }],
  ['ip and tcp', { and: [{ protocol: 'ipv4' }, { protocol: 'tcp' }] }],
  ['tcp', { protocol: 'tcp' }],
  ['ip proto 132', { protocol: 132 }],
  ['icmp', { protocol: 'icmp' }],
  ['icmp6', { protocol: 'icmpv6' }],
  ['proto 47', { protocol: 'gre' }],
  ['ip proto 4 or ip6 proto 4', { protocol: 'ipip' }],
  ['port 80', { port: 80 }],
  ['src port 80', { source: { port: 80 } }],
  ['tcp dst port 80', { protocol: 'tcp', destination: { port: 80 } }],
  ['ip and portrange 2000-8080', { protocol: 'ipv4', port: [2000, 8080] }],
  [
    'tcp and (src port 80 or dst port 8080)',
    { protocol: 'tcp', or: [{ source: { port: 80 } }, { destination: { port: 8080 } }] },
  ],
  [
    'ip and tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn',
    { protocol: 'ipv4', tcpFlags: { syn: true, ack: false } },
  ],
  ['ip and tcp[tcpflags] & tcp-rst != 0', { protocol: 'ipv4', tcpFlags: { rst: true } }],
  ['ether dst 02:00:00:00:00:02 and ip', { destination: { mac: macs.director }, protocol: 'ipv4' }],
  ['vlan 100', { vlan: 100 }],
  ['vlan', { vlan: true }],
  ['not vlan', { vlan: false }],
  ['host 10.0.0.2 and not port 80', { host: '10.0.0.2', not: { port: 80 } }],
  ['not (ip or arp)', { not: { or: [{ protocol: 'ipv4' }, { arp: true }] } }],
];

import type { RedirectRule } from '../../../src/nat/index.js';

/** A redirect, and how `iptables` is told and how `iptables-save` shows it. */
export interface Example {
  readonly rule: RedirectRule;
  readonly text: string;
}

/** Rules of every kind; `text` is both what is typed and what is shown. */
export const ipv4Examples: readonly Example[] = [
  { rule: { destination: '10.0.0.1' }, text: '-A PREROUTING -d 10.0.0.1/32 -j REDIRECT' },
  { rule: { destination: '10.0.0.0/24' }, text: '-A PREROUTING -d 10.0.0.0/24 -j REDIRECT' },
  { rule: { destination: '172.16.0.0/12' }, text: '-A PREROUTING -d 172.16.0.0/12 -j REDIRECT' },
  { rule: { source: '!10.1.0.0/16' }, text: '-A PREROUTING ! -s 10.1.0.0/16 -j REDIRECT' },
  {
    rule: { source: '10.9.0.0/31', destination: '!10.0.0.7' },
    text: '-A PREROUTING -s 10.9.0.0/31 ! -d 10.0.0.7/32 -j REDIRECT',
  },
  {
    rule: { destination: '10.0.0.2', chain: 'OUTPUT' },
    text: '-A OUTPUT -d 10.0.0.2/32 -j REDIRECT',
  },
  {
    rule: { destination: '10.0.0.1', inInterface: 'eth0' },
    text: '-A PREROUTING -d 10.0.0.1/32 -i eth0 -j REDIRECT',
  },
  {
    rule: { destination: '10.0.0.1', inInterface: '!eth+' },
    text: '-A PREROUTING -d 10.0.0.1/32 ! -i eth+ -j REDIRECT',
  },
  {
    rule: { destination: '10.0.0.1', protocol: 'tcp' },
    text: '-A PREROUTING -d 10.0.0.1/32 -p tcp -j REDIRECT',
  },
  {
    rule: { destination: '10.0.0.1', protocol: '!udp' },
    text: '-A PREROUTING -d 10.0.0.1/32 ! -p udp -j REDIRECT',
  },
  {
    rule: { destination: '10.0.0.1', protocol: 'tcp', destinationPort: 80 },
    text: '-A PREROUTING -d 10.0.0.1/32 -p tcp -m tcp --dport 80 -j REDIRECT',
  },
  {
    rule: { protocol: 'udp', sourcePort: '1000-2000', destinationPort: '!53' },
    text: '-A PREROUTING -p udp -m udp --sport 1000:2000 ! --dport 53 -j REDIRECT',
  },
  {
    rule: { protocol: 'tcp', destinationPort: [80, 443, '8000-8099'] },
    text: '-A PREROUTING -p tcp -m multiport --dports 80,443,8000:8099 -j REDIRECT',
  },
  {
    rule: { protocol: 'udp', destinationPort: '!53,123' },
    text: '-A PREROUTING -p udp -m multiport ! --dports 53,123 -j REDIRECT',
  },
  {
    rule: { protocol: 'sctp', sourcePort: '!7', toPorts: 9 },
    text: '-A PREROUTING -p sctp -m multiport ! --sports 7 -j REDIRECT --to-ports 9',
  },
  {
    rule: { protocol: 'tcp', destinationPort: 80, toPorts: 8080 },
    text: '-A PREROUTING -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 8080',
  },
  {
    rule: { protocol: 'tcp', destinationPort: 80, toPorts: '8080-8090', random: true },
    text: '-A PREROUTING -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 8080-8090 --random',
  },
  {
    rule: { destination: '10.0.0.1', random: true },
    text: '-A PREROUTING -d 10.0.0.1/32 -j REDIRECT --random',
  },
  {
    rule: { destination: '10.0.0.1', mark: 7 },
    text: '-A PREROUTING -d 10.0.0.1/32 -m mark --mark 0x7 -j REDIRECT',
  },
  {
    rule: { destination: '10.0.0.1', mark: '!0x1/0xff' },
    text: '-A PREROUTING -d 10.0.0.1/32 -m mark ! --mark 0x1/0xff -j REDIRECT',
  },
  {
    rule: { destination: '10.0.0.1', comment: 'vip of shop' },
    text: '-A PREROUTING -d 10.0.0.1/32 -m comment --comment "vip of shop" -j REDIRECT',
  },
  {
    rule: { destination: '10.0.0.1', comment: 'word' },
    text: '-A PREROUTING -d 10.0.0.1/32 -m comment --comment word -j REDIRECT',
  },
  { rule: {}, text: '-A PREROUTING -j REDIRECT' },
];

export const ipv6Examples: readonly Example[] = [
  { rule: { destination: '2001:db8::1' }, text: '-A PREROUTING -d 2001:db8::1/128 -j REDIRECT' },
  { rule: { destination: '2001:db8::/64' }, text: '-A PREROUTING -d 2001:db8::/64 -j REDIRECT' },
  { rule: { destination: '2001:db8::/61' }, text: '-A PREROUTING -d 2001:db8::/61 -j REDIRECT' },
  {
    rule: { destination: '!fe80::/10', source: '2001:db8::/32', inInterface: 'eth0' },
    text: '-A PREROUTING -s 2001:db8::/32 ! -d fe80::/10 -i eth0 -j REDIRECT',
  },
  {
    rule: { family: 'ipv6', protocol: 'tcp', destinationPort: 80, toPorts: '8080-8090' },
    text: '-A PREROUTING -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 8080-8090',
  },
  {
    rule: { family: 'ipv6', protocol: 'udp', sourcePort: [53, 123], random: true },
    text: '-A PREROUTING -p udp -m multiport --sports 53,123 -j REDIRECT --random',
  },
];

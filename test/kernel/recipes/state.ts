// What a host is like, in the words of other programs: for telling whether it is as before.
import { execFileSync } from 'node:child_process';
import type { Host } from './lan.js';
import { hosts } from './lan.js';

const script = `
  ip -o address | sed 's/ *tentative//; s/ *valid_lft.*//'
  ip -o link | cut -d ' ' -f 2-3
  ip fou show; ip -6 fou show
  cd /proc/sys/net
  grep . ipv4/conf/*/arp_ignore ipv4/conf/*/arp_announce ipv4/conf/*/rp_filter ipv4/conf/*/forwarding
  grep . ipv4/conf/*/*_redirects ipv4/ip_forward ipv4/vs/conntrack ipv6/conf/*/forwarding
  for save in iptables-legacy-save ip6tables-legacy-save; do $save -t nat | grep -- -A; done
  true`;

/** Addresses, devices, UDP ports, sysctls and nat rules of the host. */
export function stateOf(host: Host): string[] {
  const inside = ['netns', 'exec', hosts[host].netns, 'sh', '-c', script];
  const text = execFileSync('ip', inside, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  return text.split('\n').filter((line) => line !== '');
}

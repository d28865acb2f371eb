import { spawnSync } from 'node:child_process';

/** Tables that a namespace has of legacy x_tables and of nf_tables; '' where there are none. */
export function tracesIn(netns: string): string {
  const legacy = 'cat /proc/net/ip_tables_names /proc/net/ip6_tables_names 2>/dev/null';
  const command = ['netns', 'exec', netns, 'sh', '-c', `${legacy}; nft list ruleset 2>/dev/null`];
  return spawnSync('ip', command, { encoding: 'utf8' }).stdout;
}

import type { Family } from '../address/index.js';

/** What is typed in a shell for the nat table of a family. */
export function command(family: Family): string {
  return `${family === 'ipv4' ? 'iptables' : 'ip6tables'} -t nat`;
}

import { isIPv4, isIPv6 } from 'node:net';

/** IPv4 or IPv6, in the words used throughout. */
export type Family = 'ipv4' | 'ipv6';

/** The family of an address in text form; `undefined` for what is none (or has a zone, `%eth0`). */
export function familyOf(address: string): Family | undefined {
  if (isIPv4(address)) return 'ipv4';
  return isIPv6(address) && !address.includes('%') ? 'ipv6' : undefined;
}

/** Writes a valid address in network order; returns its length, 4 or 16 bytes. */
export function writeAddress(view: DataView, at: number, address: string): number {
  if (!address.includes(':')) {
    writeIpv4(view, at, address);
    return 4;
  }
  const groups = groupsOf(address);
  for (const [index, group] of groups.entries()) view.setUint16(at + index * 2, group);
  return 16;
}

function writeIpv4(view: DataView, at: number, address: string): void {
  let byte = 0;
  let place = at;
  for (let i = 0; i < address.length; i++) {
    const code = address.charCodeAt(i);
    if (code === 46) {
      view.setUint8(place++, byte);
      byte = 0;
    } else {
      byte = byte * 10 + code - 48;
    }
  }
  view.setUint8(place, byte);
}

/** The eight 16-bit groups of a valid IPv6 address. */
function groupsOf(address: string): number[] {
  const [head = '', tail] = address.split('::');
  const before = listOf(head);
  if (tail === undefined) return before;
  const after = listOf(tail);
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}

function listOf(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return Number.parseInt(group, 16);
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

/** IPv4 or IPv6, in the words used throughout. */
export type Family = 'ipv4' | 'ipv6';

const dot = 46;
const zero = 48;
const nine = 57;

/**
 * The family of an address in text form; `undefined` for what is none (or has a zone, `%eth0`). The
 * same answers as `node:net` gives, which takes long to load and, for IPv4, long to answer.
 */
export function familyOf(address: string): Family | undefined {
  if (isIpv4(address)) return 'ipv4';
  return isIpv6(address) ? 'ipv6' : undefined;
}

/** Four numbers of 0 to 255 without leading zeros. */
function isIpv4(text: string): boolean {
  let dots = 0;
  let digits = 0;
  let byte = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === dot) {
      if (digits === 0 || ++dots > 3) return false;
      digits = 0;
      byte = 0;
    } else {
      if (code < zero || code > nine || (digits > 0 && byte === 0)) return false;
      digits++;
      byte = byte * 10 + code - zero;
      if (byte > 255) return false;
    }
  }
  return dots === 3 && digits > 0;
}

/** The number that a valid address stands for; `undefined` for one of IPv6. */
export function ipv4Number(address: string): number | undefined {
  let number = 0;
  let byte = 0;
  for (let i = 0; i < address.length; i++) {
    const code = address.charCodeAt(i);
    if (code >= zero && code <= nine) {
      byte = byte * 10 + code - zero;
    } else if (code === dot) {
      number = number * 256 + byte;
      byte = 0;
    } else {
      return undefined;
    }
  }
  return number * 256 + byte;
}

/** Eight groups, or fewer around one `::`; the last two may be an IPv4 address. */
function isIpv6(text: string): boolean {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return false;
  if (tail === undefined) return countGroups(head, true) === 8;
  const before = head === '' ? 0 : countGroups(head, false);
  const after = tail === '' ? 0 : countGroups(tail, true);
  return before + after <= 7;
}

/** `NaN` where something is no group. */
function countGroups(text: string, endsAddress: boolean): number {
  const groups = text.split(':');
  const last = groups.at(-1) ?? '';
  const dotted = endsAddress && last.includes('.');
  if (dotted && !isIpv4(last)) return Number.NaN;
  const plain = dotted ? groups.slice(0, -1) : groups;
  if (!plain.every((group) => /^[\da-f]{1,4}$/i.test(group))) return Number.NaN;
  return groups.length + (dotted ? 1 : 0);
}

/** Writes a valid address in network order; returns its length, 4 or 16 bytes. */
export function writeAddress(view: DataView, at: number, address: string): number {
  const number = ipv4Number(address);
  if (number !== undefined) {
    view.setUint32(at, number);
    return 4;
  }
  const groups = groupsOf(address);
  for (const [index, group] of groups.entries()) view.setUint16(at + index * 2, group);
  return 16;
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

import { invalidValue } from '../errors/index.js';
import { bytesOf } from './prefix.js';

/** The kernel says yes to some of these, and then has no such address, or one of no use. */
export function refuseUnassignable(address: string): void {
  const bytes = bytesOf(address);
  const first = bytes[0] ?? 0;
  const multicast = bytes.length === 4 ? (first & 0xf0) === 0xe0 : first === 0xff;
  if (bytes.every((byte) => byte === 0)) {
    throw invalidValue('address', 'the address of one host, not the unspecified one', address);
  }
  if (multicast) throw invalidValue('address', 'not a multicast address', address);
  if (address === '255.255.255.255') {
    throw invalidValue('address', 'not the broadcast address', address);
  }
}

import { ipv4Number } from '../address/index.js';
import { invalidValue } from '../errors/index.js';
import { bytesOf } from './prefix.js';

/** The kernel says yes to some of these, and then has no such address, or one of no use. */
export function refuseUnassignable(address: string): void {
  const number = ipv4Number(address);
  const multicast = number === undefined ? bytesOf(address)[0] === 0xff : number >>> 28 === 0xe;
  if (number === 0 || address === '::') {
    throw invalidValue('address', 'the address of one host, not the unspecified one', address);
  }
  if (multicast) throw invalidValue('address', 'not a multicast address', address);
  if (address === '255.255.255.255') {
    throw invalidValue('address', 'not the broadcast address', address);
  }
}

import { familyOf, writeAddress } from '../address/index.js';
import type { Destination, Service } from '../ipvs/index.js';

type Compare<T> = (a: T, b: T) => number;

/**
 * The order in which ipvsadm prints. It compares 32-bit words by the sign of a difference that
 * wraps, so 192.168.0.1 comes before 10.0.0.1; where this goes round in circles the outcome depends
 * on the algorithm, which is the merge sort of glibc's qsort(3).
 */
export function sortServices<S extends Service<number | bigint>>(services: readonly S[]): S[] {
  return mergeSort(services, compareServices);
}

export function sortDests<D extends Destination<number | bigint>>(dests: readonly D[]): D[] {
  return mergeSort(dests, compareEndpoints);
}

function mergeSort<T>(items: readonly T[], compare: Compare<T>): T[] {
  if (items.length < 2) return [...items];
  const middle = items.length >> 1;
  const [left, right] = [
    mergeSort(items.slice(0, middle), compare),
    mergeSort(items.slice(middle), compare),
  ];
  const merged: T[] = [];
  let [i, j] = [0, 0];
  while (true) {
    const [a, b] = [left[i], right[j]];
    if (a === undefined) return merged.concat(right.slice(j));
    if (b === undefined) return merged.concat(left.slice(i));
    if (compare(a, b) <= 0) {
      merged.push(a);
      i++;
    } else {
      merged.push(b);
      j++;
    }
  }
}

const protocolNumbers: { readonly [protocol: string]: number } = { tcp: 6, udp: 17, sctp: 132 };

function compareServices(a: Service<number | bigint>, b: Service<number | bigint>): number {
  const families = Number(a.family === 'ipv6') - Number(b.family === 'ipv6');
  const marks = difference(markOf(a), markOf(b));
  if (marks !== 0) return marks;
  if (families !== 0 || a.fwmark !== undefined || b.fwmark !== undefined) return families;
  const protocols = (protocolNumbers[a.protocol] ?? 0) - (protocolNumbers[b.protocol] ?? 0);
  if (protocols !== 0) return protocols;
  return compareEndpoints(a, b);
}

function markOf(service: Service<number | bigint>): number {
  return service.fwmark ?? 0;
}

interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** Of two families, as many words are compared as the first one's addresses have. */
function compareEndpoints(a: Endpoint, b: Endpoint): number {
  const [first, second] = [wordsOf(a.address), wordsOf(b.address)];
  const count = familyOf(a.address) === 'ipv6' ? 4 : 1;
  for (let i = 0; i < count; i++) {
    const sign = difference(first[i] ?? 0, second[i] ?? 0);
    if (sign !== 0) return sign;
  }
  return a.port - b.port;
}

function difference(a: number, b: number): number {
  return (a - b) | 0;
}

function wordsOf(address: string): number[] {
  const view = new DataView(new ArrayBuffer(16));
  writeAddress(view, 0, address);
  return [0, 4, 8, 12].map((at) => view.getUint32(at));
}

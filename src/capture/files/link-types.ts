import type { LinkType } from '../frame.js';

/** Numbers of the link types in files (LINKTYPE_ETHERNET, LINKTYPE_RAW of tcpdump.org). */
export const linkTypeNumbers: { readonly [name in LinkType]: number } = { ethernet: 1, raw: 101 };

const names = new Map<number, LinkType>([
  [1, 'ethernet'],
  [12, 'raw'],
  [101, 'raw'],
  [228, 'raw'],
  [229, 'raw'],
]);

/** The link type of that number; `undefined` when frames of it are not known here. */
export function linkTypeOf(number: number): LinkType | undefined {
  return names.get(number);
}

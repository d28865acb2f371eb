import type { Family } from '../address/index.js';
import { checkChoice } from '../options/index.js';

export const families: readonly Family[] = ['ipv4', 'ipv6'];

/** A family, or `undefined` for both. */
export function optionalFamily(value: unknown): Family | undefined {
  return value === undefined ? undefined : checkChoice('family', value, families);
}

import { invalidValue } from '../errors/index.js';
import { checkText } from '../options/index.js';
import { longestDevice } from './device.js';

/** Whether labels must begin with the device's name, or may be any text. */
export type LabelPolicy = 'device' | 'any';

/**
 * A label of at most 15 bytes. By the policy `'device'` it is the device's name, or that with a
 * suffix: `ens3:1`. The kernel itself takes any text; `ifconfig` and old `ip` rely on the form.
 */
export function checkLabel(value: unknown, device: string, policy: LabelPolicy): string {
  const label = checkText('label', value, longestDevice);
  if (policy === 'device' && label !== device && !label.startsWith(`${device}:`)) {
    throw invalidValue('label', `'${device}' or '${device}:…' (or pass labelPolicy: 'any')`, value);
  }
  return label;
}

/** A test for labels by a pattern in which `*` stands for any text and `?` for one character. */
export function labelMatcher(pattern: string): (label: string | undefined) => boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`, 's');
  return (label) => label !== undefined && expression.test(label);
}

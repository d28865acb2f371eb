import { invalidType, invalidValue, outOfRange } from '../errors/index.js';

/** An integer within bounds, both included. */
export function checkInteger(name: string, value: unknown, least: number, most: number): number {
  if (typeof value !== 'number') throw invalidType(name, 'a number', value);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw outOfRange(name, `an integer from ${least} to ${most}`, value);
  }
  return value;
}

/** One of the given words. */
export function checkChoice<T extends string>(
  name: string,
  value: unknown,
  choices: readonly T[],
): T {
  if ((choices as readonly unknown[]).includes(value)) return value as T;
  const expected = `one of ${choices.map((choice) => `'${choice}'`).join(', ')}`;
  throw typeof value === 'string'
    ? invalidValue(name, expected, value)
    : invalidType(name, expected, value);
}

/** `true` or `false`. */
export function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw invalidType(name, 'a boolean', value);
  return value;
}

/** A string of 1 to `most` bytes without a NUL: what fits a field of the kernel. */
export function checkText(name: string, value: unknown, most: number): string {
  if (typeof value !== 'string') throw invalidType(name, 'a string', value);
  const length = Buffer.byteLength(value);
  if (length === 0 || length > most || value.includes('\0')) {
    throw invalidValue(name, `a string of 1 to ${most} bytes`, value);
  }
  return value;
}

/** An object whose keys are all known: a misspelt option fails early. */
export function checkObject<K extends string>(
  name: string,
  value: unknown,
  keys: readonly K[],
): { readonly [key in K]?: unknown } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidType(name, 'an object', value);
  }
  // Without a list of the keys: this is done for each of ten thousand calls.
  for (const key in value) {
    if (!(keys as readonly string[]).includes(key) && Object.hasOwn(value, key)) {
      throw invalidValue(`${name}.${key}`, `one of the known properties (${keys.join(', ')})`, key);
    }
  }
  return value;
}

import { inspect } from 'node:util';

type Coded<E extends Error> = E & { code: string };

function coded<E extends Error>(error: E, code: string): Coded<E> {
  return Object.assign(error, { code });
}

function shown(value: unknown): string {
  const text = inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY });
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** A `TypeError` with code `ERR_INVALID_ARG_TYPE`: the value is of the wrong kind altogether. */
export function invalidType(name: string, expected: string, actual: unknown): TypeError {
  const message = `${name} must be ${expected}; got ${shown(actual)}`;
  return coded(new TypeError(message), 'ERR_INVALID_ARG_TYPE');
}

/** A `TypeError` with code `ERR_INVALID_ARG_VALUE`: right kind, but not a value that makes sense. */
export function invalidValue(name: string, expected: string, actual: unknown): TypeError {
  const message = `${name} must be ${expected}; got ${shown(actual)}`;
  return coded(new TypeError(message), 'ERR_INVALID_ARG_VALUE');
}

/** A `RangeError` with code `ERR_OUT_OF_RANGE`: a number outside its bounds. */
export function outOfRange(name: string, expected: string, actual: unknown): RangeError {
  const message = `${name} must be ${expected}; got ${shown(actual)}`;
  return coded(new RangeError(message), 'ERR_OUT_OF_RANGE');
}

import { describe, expect, it } from 'vitest';
import {
  checkBoolean,
  checkCallOptions,
  checkChoice,
  checkInteger,
  checkObject,
  checkText,
} from '../../../src/options/index.js';

const code = (name: string): object => expect.objectContaining({ code: name });
const type = code('ERR_INVALID_ARG_TYPE');
const value = code('ERR_INVALID_ARG_VALUE');
const range = code('ERR_OUT_OF_RANGE');

describe('checkInteger', () => {
  it.each([0, 7, 10])('takes %j', (number) => {
    expect(checkInteger('n', number, 0, 10)).toBe(number);
  });
  it.each([-1, 11, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('refuses %j', (number) => {
    expect(() => checkInteger('n', number, 0, 10)).toThrow(range);
  });
  it.each(['7', 7n, null, undefined, true])('refuses %s, which is no number', (number) => {
    expect(() => checkInteger('n', number, 0, 10)).toThrow(type);
  });
});

describe('checkChoice', () => {
  it('takes one of the words only', () => {
    expect(checkChoice('c', 'a', ['a', 'b'])).toBe('a');
    expect(() => checkChoice('c', 'A', ['a', 'b'])).toThrow("c must be one of 'a', 'b'; got 'A'");
    expect(() => checkChoice('c', 'A', ['a', 'b'])).toThrow(value);
    expect(() => checkChoice('c', 1, ['a', 'b'])).toThrow(type);
    expect(() => checkChoice('c', 'toString', ['a'])).toThrow(value);
  });
});

describe('checkBoolean', () => {
  it('takes booleans only', () => {
    expect(checkBoolean('b', false)).toBe(false);
    for (const wrong of [0, 'true', null, undefined]) {
      expect(() => checkBoolean('b', wrong)).toThrow(type);
    }
  });
});

describe('checkText', () => {
  it('counts bytes', () => {
    expect(checkText('t', 'éé', 4)).toBe('éé');
    expect(() => checkText('t', 'éé', 3)).toThrow(value);
  });
  it.each(['', 'a\0b', 'abcd'])('refuses %j', (text) => {
    expect(() => checkText('t', text, 3)).toThrow(value);
  });
  it('refuses what is no text', () => {
    expect(() => checkText('t', 7, 3)).toThrow(type);
  });
});

describe('checkObject', () => {
  it('names the key that nobody knows, and those that are known', () => {
    expect(checkObject('o', { a: 1 }, ['a', 'b'])).toEqual({ a: 1 });
    expect(() => checkObject('o', { c: 1 }, ['a', 'b'])).toThrow(
      "o.c must be one of the known properties (a, b); got 'c'",
    );
  });
  it.each([null, undefined, 'x', 7, [], () => 0])('refuses %s', (wrong) => {
    expect(() => checkObject('o', wrong, ['a'])).toThrow(type);
  });
});

describe('checkCallOptions', () => {
  it('takes none, a timeout, a signal', () => {
    checkCallOptions({});
    checkCallOptions({ timeout: 2 ** 31 - 1, signal: new AbortController().signal });
    checkCallOptions({ timeout: undefined, signal: undefined });
  });
  it.each([0, -1, 1.5, 2 ** 31, Number.POSITIVE_INFINITY])('refuses a timeout of %j', (timeout) => {
    expect(() => checkCallOptions({ timeout })).toThrow(range);
  });
  it('refuses what is no timeout and no signal', () => {
    expect(() => checkCallOptions({ timeout: '5' as unknown as number })).toThrow(type);
    expect(() => checkCallOptions({ signal: {} as AbortSignal })).toThrow(type);
    expect(() => checkCallOptions({ signal: null as unknown as AbortSignal })).toThrow(type);
  });
  it.each<unknown>([null, 7, 'x'])('refuses options that are %j', (options) => {
    expect(() => checkCallOptions(options as object)).toThrow(type);
  });
});

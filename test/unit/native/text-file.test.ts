import { expect, it } from 'vitest';
import { readTextFile } from '../../../src/native/text-file.js';

it('a file that is there is its text, one that cannot be read is undefined', () => {
  expect(readTextFile(import.meta.filename)).toContain('is its text');
  expect(readTextFile('/nowhere/at/all')).toBeUndefined();
  expect(readTextFile('/')).toBeUndefined();
});

import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { codeOf, Narrator, wantsColour } from '../../../docs/examples/demo/narrator.js';

function tell(colour: boolean, what: (narrator: Narrator) => void): string {
  const output = new PassThrough();
  what(new Narrator(output, colour));
  return String(output.read());
}

describe('Narrator', () => {
  it('counts what holds and what differs, and shows both values', () => {
    const narrator = new Narrator(new PassThrough(), false);
    narrator.check('equal', [{ a: 1 }], [{ a: 1 }]);
    narrator.check('different', 1, 2);
    expect([narrator.held, narrator.differed]).toEqual([1, 1]);
    const text = tell(false, (other) => other.check('different', ['found'], ['wanted']));
    expect(text).toBe(
      "      ✗ different\n        expected [ 'wanted' ]\n        found    [ 'found' ]\n",
    );
  });

  it('says the same in colour and without', () => {
    const story = (narrator: Narrator): void => {
      narrator.step('A title', 'Two lines\nof reason.');
      narrator.kernel('vm1', ['a line']);
      narrator.kernel('vm1', []);
      narrator.check('it holds', 1, 1);
    };
    const coloured = tell(true, story);
    const plain = tell(false, story);
    expect(coloured).toContain('\u001b[');
    expect(plain).not.toContain('\u001b');
    expect(stripVTControlCharacters(coloured)).toBe(plain);
  });

  it('shows the code of what it performs, and returns what that gives', async () => {
    const output = new PassThrough();
    const given = await new Narrator(output, false).perform('vm1', 'true', () =>
      Promise.resolve(7),
    );
    expect(given).toBe(7);
    expect(String(output.read())).toBe('\n   vm1$ true\n   await Promise.resolve(7)\n');
  });
});

describe('codeOf', () => {
  it('leaves out the function around it, and the margin', () => {
    const text = '() => first({\n      second,\n    })';
    const expression = Object.assign(() => undefined, { toString: () => text });
    expect(codeOf(expression)).toBe('await first({\n  second,\n})');
    const block = async () => {
      await Promise.resolve(1);
      await Promise.resolve(2);
    };
    expect(codeOf(block)).toBe('await Promise.resolve(1);\nawait Promise.resolve(2);');
  });
});

describe('wantsColour', () => {
  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
  ])('%j on a terminal (%j): %j', (environment, isTTY, wanted) => {
    expect(wantsColour(environment, { isTTY })).toBe(wanted);
  });
});

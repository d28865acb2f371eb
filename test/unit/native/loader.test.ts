import { describe, expect, it } from 'vitest';
import { explain, loadAddon } from '../../../src/native/loader.js';

const failed = (code: string, message = code): Error => Object.assign(new Error(message), { code });
const absent = failed('MODULE_NOT_FOUND');

describe('what is said when the addon does not load', () => {
  it.each([
    ['darwin', [], /^lvs drives the Linux kernel's .* this is darwin/],
    ['linux', [absent, absent], /^lvs has no binary for linux-\w+; build it with/],
    ['linux', [absent, failed('ERR_DLOPEN_DISABLED')], /--no-addons .* --allow-addons/],
    [
      'linux',
      [failed('ERR_DLOPEN_FAILED', "version `GLIBC_2.99' not found"), absent],
      /made for another C library \(version `GLIBC_2.99' not found\); build it here/,
    ],
    [
      'linux',
      [absent, failed('ERR_DLOPEN_FAILED', 'bad ELF')],
      /loaded \(bad ELF\); build it here/,
    ],
    ['linux', [absent, 'thrown text'], /loaded \(thrown text\)/],
  ])('%s %#', (platform, errors, sentence) => {
    expect(explain(platform, errors)).toMatch(sentence);
  });
});

it('the addon itself refuses what is no handle, no protocol and no function', () => {
  const addon = loadAddon();
  const notOne = {} as never;
  for (const misuse of [
    () => addon.describe('nothing'),
    () => addon.describe(7 as never),
    () => addon.open('nothing', '', () => undefined),
    () => addon.open('ipvs', '', undefined as never),
    () => addon.submit(notOne, new Uint8Array(8)),
    () => addon.cancel(notOne, 1),
    () => addon.reference(notOne, true),
    () => addon.close(notOne),
    () => addon.close(undefined as never),
  ]) {
    expect(misuse).toThrow(TypeError);
  }
});

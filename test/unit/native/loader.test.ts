import { afterEach, describe, expect, it, vi } from 'vitest';
import { LoadError } from '../../../src/errors/index.js';
import type { Runtime } from '../../../src/native/load-failure.js';
import { explainLoadFailure } from '../../../src/native/load-failure.js';
import { loadAddon } from '../../../src/native/loader.js';

const failed = (code: string, message = code): Error => Object.assign(new Error(message), { code });
const absent = failed('MODULE_NOT_FOUND');
const opening = (message: string): Error => failed('ERR_DLOPEN_FAILED', message);
const usual: Runtime = {
  platform: 'linux',
  arch: 'x64',
  bun: undefined,
  permissions: false,
  folder: '/app/node_modules/lvs',
  named: undefined,
};
const building =
  /npm install --no-save node-addon-api@8".*"npm --prefix \/app\/node_modules\/lvs run build:native"/;

describe('what is said when the addon does not load', () => {
  it.each<[string, Partial<Runtime>, unknown[], RegExp]>([
    [
      'another system',
      { platform: 'darwin' },
      [],
      /^lvs drives the Linux kernel's .* this is darwin: .*Linux only/,
    ],
    [
      'another processor',
      { arch: 'riscv64' },
      [absent],
      /linux-x64 and linux-arm64, and this is linux-riscv64; build/,
    ],
    ['Bun', { bun: '1.4.5' }, [], /^Bun 1\.4\.5 .*uv_thread_create.* LVS_ADDON_PATH/],
    [
      'a file left behind',
      {},
      [absent, absent],
      /prebuilds\/linux-x64 of \/app\/node_modules\/lvs; .*--external:lvs.*LVS_ADDON_PATH/,
    ],
    [
      'a wrong name',
      { named: '/opt/lvs.node' },
      [absent],
      /^there is no file \/opt\/lvs\.node, which LVS_ADDON_PATH names$/,
    ],
    [
      'no addons',
      {},
      [absent, failed('ERR_DLOPEN_DISABLED')],
      /without --no-addons .*NODE_OPTIONS/,
    ],
    [
      'permissions',
      { permissions: true },
      [failed('ERR_DLOPEN_DISABLED')],
      /permission model .* --allow-addons/,
    ],
    [
      'permission to read',
      { permissions: true },
      [failed('ERR_ACCESS_DENIED')],
      /--allow-fs-read=\/app\/node_modules\/lvs$/,
    ],
    [
      'an old glibc',
      {},
      [opening("/lib/libc.so.6: version `GLIBC_2.38' not found (required by x)"), absent],
      /newer C or C\+\+ library .*GLIBC_2\.38' not found/,
    ],
    [
      'an old libstdc++',
      {},
      [opening("version `GLIBCXX_3.4.30' not found")],
      /newer C or C\+\+ library/,
    ],
    [
      'musl',
      {},
      [opening('Error relocating /x/lvs.node: __strdup: symbol not found')],
      /another C library than this machine's musl/,
    ],
    [
      'musl without a library',
      {},
      [opening('Error loading shared library libstdc++.so.6: No such file or directory')],
      /musl/,
    ],
    [
      'an old Node',
      {},
      [opening('undefined symbol: node_api_get_module_file_name')],
      /Node\.js is older .* 20\.19/,
    ],
    [
      'another format',
      {},
      [opening('/x/lvs.node: wrong ELF class: ELFCLASS32')],
      /it is no binary for linux-x64/,
    ],
    [
      'noexec',
      {},
      [opening('/x/lvs.node: failed to map segment from shared object')],
      /mounted noexec\?/,
    ],
    ['what nobody foresaw', {}, [absent, 'thrown text'], /could not be loaded: thrown text; build/],
  ])('%s', (_, runtime, errors, sentence) => {
    const explained = explainLoadFailure(errors, { ...usual, ...runtime });
    expect(explained).toMatch(sentence);
    if (explained.includes('build it here')) expect(explained).toMatch(building);
  });

  it('tells the file that the environment names', () => {
    const explained = explainLoadFailure([opening('x: file too short')], { ...usual, named: '/x' });
    expect(explained).toMatch(
      /^the addon of LVS_ADDON_PATH, \/x, could not be loaded: x: file too/,
    );
  });
});

describe('the addon', () => {
  afterEach(() => void vi.unstubAllEnvs());

  it('is found in the package where nothing names it', () => {
    vi.stubEnv('LVS_ADDON_PATH', undefined);
    expect(loadAddon().describe('ipvs').operations.length).toBeGreaterThan(0);
  });

  it('that is not where it is said to be is an error that says so', () => {
    vi.stubEnv('LVS_ADDON_PATH', '/nowhere/lvs.node');
    const missing = 'there is no file /nowhere/lvs.node, which LVS_ADDON_PATH names';
    expect(loadAddon).toThrow(expect.objectContaining({ code: 'ERR_LVS_ADDON', message: missing }));
    expect(loadAddon).toThrow(LoadError);
  });
});

it('an addon that belongs to no package that can be found is looked for beside the program', async () => {
  vi.stubEnv('LVS_ADDON_PATH', undefined);
  const nothing = (): never => {
    throw absent;
  };
  vi.doMock('node:module', () => ({
    createRequire: () => Object.assign(nothing, { resolve: nothing }),
  }));
  vi.resetModules();
  const lonely = await import('../../../src/native/loader.js');
  vi.doUnmock('node:module');
  expect(lonely.loadAddon).toThrow(/prebuilds\/linux-\w+ of node_modules\/lvs; /);
  vi.unstubAllEnvs();
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
    () => addon.deliverNext(notOne, () => undefined),
    () => addon.keepResults(notOne),
    () => addon.detachResults(new Uint8Array(8) as never),
    () => addon.originalDestination('0' as never, new Uint8Array(8)),
    () => addon.close(notOne),
    () => addon.close(undefined as never),
  ]) {
    expect(misuse).toThrow(TypeError);
  }
});

// @ts-check
// Which tests run on which kernel. A run is a vitest project of the same name; every test file belongs to at
// least one, since the first two take what the later ones leave.

/**
 * @typedef {object} Run
 * @property {string} name
 * @property {string | null} kernel the lab's name of the kernel to boot; null: plainly on this machine, no lab
 * @property {string[]} include globs of test files, from the project's root
 * @property {string[]} exclude
 * @property {string} [setup] what vitest runs before
 */

/**
 * Tests that are a script: its last line is `N passed, N failed`.
 * @typedef {object} Script
 * @property {string} name
 * @property {string} where what it runs on, for the table of results
 * @property {string[]} args of node
 */

const NEEDS_NFTABLES = ['test/kernel/nft/**/*.test.ts'];
/** Starting Wireshark's programs, which load a hundred libraries, takes User-Mode Linux 6.1 twenty seconds. */
const STARTS_WIRESHARK = ['test/kernel/capture/dumpcap.test.ts'];
const NEEDS_STOCK = ['test/kernel/stock/**/*.test.ts'];
const EVERYWHERE = {
  include: ['test/kernel/**/*.test.ts'],
  exclude: [...NEEDS_NFTABLES, ...STARTS_WIRESHARK, ...NEEDS_STOCK],
};

/** @type {readonly Run[]} */
export const runs = [
  {
    name: 'unit',
    kernel: null,
    include: ['test/**/*.test.ts'],
    exclude: ['test/kernel/**', 'test/faults/**', 'test/package/**'],
  },
  {
    name: 'package',
    kernel: null,
    include: ['test/package/**/*.test.ts'],
    exclude: [],
    setup: 'test/package/setup.ts',
  },
  { name: 'kernel', kernel: 'uml-6.1', ...EVERYWHERE },
  // The oldest kernel and the newest differ most.
  { name: 'newest', kernel: 'uml-7.2', ...EVERYWHERE },
  // User-Mode Linux has no nftables `ip` family; the machine's own kernel has, in a namespace of the lab's.
  {
    name: 'nftables',
    kernel: 'host',
    include: [...NEEDS_NFTABLES, ...STARTS_WIRESHARK],
    exclude: [],
  },
  // What neither of them has, on the kernel that people run; it is slow here, so keep it small.
  {
    name: 'stock',
    kernel: 'stock-6.1',
    include: NEEDS_STOCK,
    exclude: [],
  },
  {
    name: 'faults',
    kernel: 'uml-7.2',
    include: ['test/faults/**/*.test.ts'],
    exclude: [],
    setup: 'test/faults/support/setup.ts',
  },
];

/** @type {readonly Script[]} */
export const scripts = [
  { name: 'sanitize', where: 'uml-7.2, host', args: ['test/sanitize/run.mjs', '--quick'] },
  { name: 'fuzz', where: 'host', args: ['test/fuzz/run.mjs', '--seconds', '60'] },
  { name: 'site', where: 'Chromium', args: ['test/site/run.mjs'] },
  { name: 'soak', where: 'uml-6.1', args: ['test/soak/run.mjs', '--minutes', '1.5'] },
];

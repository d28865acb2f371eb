import { cpSync } from 'node:fs';
import path from 'node:path';
import { expect, inject, it } from 'vitest';
import { run } from './support/commands.js';
import { arm64, programOf } from './support/runtimes.js';

const { consumer } = inject('places');
cpSync(path.join(import.meta.dirname, 'programs'), consumer, { recursive: true });

// QEMU's user mode passes requests of this kernel's rtnetlink on, but knows no other netlink.
it('the binary for arm64 loads there, and makes a request of the kernel', () => {
  const emulator = ['-L', '/usr/aarch64-linux-gnu', programOf(arm64)];
  const output = run('qemu-aarch64-static', [...emulator, 'module.mjs'], { cwd: consumer });
  expect(JSON.parse(output)).toEqual({ loopback: '127.0.0.1/8', ipvs: 'function' });
});

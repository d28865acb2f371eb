import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { controlSize } from './control.js';

/** Vitest's own processes, which it starts after this, run with the shim. */
export function setup(): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'lvs-faults-'));
  const shim = path.join(folder, 'shim.so');
  const control = path.join(folder, 'control');
  const source = path.join(import.meta.dirname, 'shim.c');
  execFileSync('gcc', ['-shared', '-fPIC', '-O2', '-Wall', '-Werror', '-o', shim, source]);
  writeFileSync(control, Buffer.alloc(controlSize));
  process.env['LVS_FAULTS'] = control;
  process.env['LD_PRELOAD'] = shim;
}

export function teardown(): void {
  rmSync(path.dirname(process.env['LVS_FAULTS'] ?? ''), { recursive: true });
}

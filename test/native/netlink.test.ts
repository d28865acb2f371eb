// native/netlink and native/ipvs, without Node and without a kernel: a C++ program in which the
// socket is a made-up one.
import { describe, expect, test } from 'vitest';
import { hasCompiler, run, sources, useProgram } from './program.js';

describe.skipIf(!hasCompiler)('native/netlink', () => {
  const program = useProgram([
    ...sources('native/records'),
    ...sources('native/netlink', ['socket.cc']),
    ...sources('native/ipvs'),
    ...sources('native/procfs'),
    ...sources('native/route'),
    ...sources('test/native/netlink'),
  ]);

  test('passes its own tests under sanitizers', () => {
    expect(run(program.file, [], 120_000)).toMatch(/^\d+ passed, 0 failed$/m);
  }, 120_000);
});

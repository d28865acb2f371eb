// native/nat and what lies below it, without Node and without a kernel: bytes that no kernel sends,
// and requests that the library never makes.
import { describe, expect, test } from 'vitest';
import { hasCompiler, run, sources, useProgram } from './program.js';

describe.skipIf(!hasCompiler)('native/nat', () => {
  const program = useProgram([
    ...sources('native/records'),
    ...sources('native/netlink', ['socket.cc']),
    ...sources('native/nftables'),
    ...sources('native/xtables'),
    ...sources('native/conntrack'),
    ...sources('native/nat'),
    'test/native/netlink/fake_kernel.cc',
    ...sources('test/native/nat'),
  ]);

  test('passes its own tests under sanitizers', () => {
    expect(run(program.file, [], 120_000)).toMatch(/^\d+ passed, 0 failed$/m);
  }, 120_000);
});

// native/netlink and native/ipvs, without Node and without a kernel: a C++ program in which the
// socket is a made-up one.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasCompiler, run, sources, TestProgram } from './program.js';

describe.skipIf(!hasCompiler)('native/netlink', () => {
  const program = new TestProgram();

  beforeAll(() => {
    program.build([
      ...sources('native/records'),
      ...sources('native/netlink', ['socket.cc']),
      ...sources('native/ipvs'),
      ...sources('native/procfs'),
      ...sources('native/route'),
      ...sources('test/native/netlink'),
    ]);
  }, 300_000);

  afterAll(() => program.remove());

  test('passes its own tests under sanitizers', () => {
    expect(run(program.file, [], 120_000)).toMatch(/^\d+ passed, 0 failed$/m);
  }, 120_000);
});

import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Nat } from '../../../src/nat/index.js';
import { codeOf, errorOf } from './errors.js';

const module = path.resolve(import.meta.dirname, '../../../dist/nat/index.js');

/** Opens a handle without a capability, in a program of its own, and tells how that ended. */
function openWithout(capability: string, backend: string): { code: string; message: string } {
  const program = `
    const { Nat } = await import(process.argv[1]);
    const how = await Nat.open({ backend: '${backend}' }).then(() => ({}), (error) => error);
    console.log(JSON.stringify({ code: how.code, message: how.message }));
  `;
  const command = ['-c', `exec node --input-type=module --eval "$0" "$1"`, program, module];
  const text = execFileSync('capsh', [`--drop=${capability}`, '--', ...command], {
    encoding: 'utf8',
  });
  return JSON.parse(text);
}

describe('a kernel without nf_tables for IPv4', () => {
  it.each(['iptables-nft', 'nftables'] as const)(
    'refuses %s, naming what it lacks',
    async (backend) => {
      const error = await errorOf(Nat.open({ backend }));
      expect(error).toMatchObject({ operation: 'open nat', object: `backend '${backend}'` });
      expect(error.message).toContain('nf_tables with the ip family');
    },
  );

  it('chooses legacy by itself and says why', async () => {
    await using nat = await Nat.open();
    expect(nat.backend).toBe('legacy');
    expect(nat.reason).toMatch(/legacy/);
    expect(nat.warnings).toEqual([]);
  });
});

describe('what is refused', () => {
  it('for want of a capability names it', { timeout: 240_000 }, () => {
    expect(openWithout('cap_net_raw', 'legacy')).toMatchObject({
      code: 'EPERM',
      message: expect.stringContaining('CAP_NET_RAW'),
    });
    expect(openWithout('cap_net_admin', 'auto')).toMatchObject({
      code: 'EPERM',
      message: expect.stringContaining('CAP_NET_ADMIN'),
    });
  });

  it('is a namespace that is not there, and a closed handle', async () => {
    expect(await codeOf(Nat.open({ netns: 'nowhere' }))).toBe('ENOENT');
    const nat = await Nat.open({ backend: 'legacy' });
    await nat.close();
    expect(await codeOf(nat.listRules())).toBe('ERR_LVS_CLOSED');
  });

  it('are options that make no sense', async () => {
    expect(await codeOf(Nat.open({ backend: 'ipfw' as 'legacy' }))).toBe('ERR_INVALID_ARG_VALUE');
    expect(await codeOf(Nat.open({ lockTimeout: -1 }))).toBe('ERR_OUT_OF_RANGE');
  });
});

import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

const program = `
  import { Nat } from 'lvs/nat';
  import { Xtables } from 'lvs/xtables';
  const told = [];
  const tell = (promise) =>
    promise.then(() => told.push({}), ({ code, message }) => told.push({ code, message }));
  for (const backend of ['auto', 'legacy', 'iptables-nft', 'nftables']) {
    await tell(Nat.open({ backend }));
  }
  const xtables = await Xtables.open();
  await tell(xtables.load('nat'));
  await xtables.close();
  console.log(JSON.stringify(told));
`;

describe('a kernel without ip_tables and without nf_tables for IPv4', () => {
  it('makes every backend an error that names what is missing', () => {
    const lab = ['test/lab/run.mjs', '--quiet', '--kernel', 'uml-7.2', '--'];
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [...lab, process.execPath, '--input-type=module', '--eval', program],
      { cwd: root, encoding: 'utf8' },
    );
    expect(stderr).toBe('');
    const noLegacy = {
      code: 'ENOPROTOOPT',
      message: expect.stringContaining('ip_tables, iptable_nat, xt_REDIRECT'),
    };
    const noNft = { message: expect.stringContaining('nf_tables with the ip family') };
    expect(JSON.parse(stdout)).toMatchObject([
      {
        message: expect.stringMatching(/no backend works here .*nft_compat.*nft_redir.*ip_tables/),
      },
      noLegacy,
      noNft,
      noNft,
      { code: 'ENOPROTOOPT', message: expect.stringContaining('no legacy x_tables') },
    ]);
  }, 60_000);
});

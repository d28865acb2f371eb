import { expect, it } from 'vitest';
import { NatCore } from '../../../src/nat/core.js';
import type { NatRule } from '../../../src/nat/index.js';
import { probeThrough } from '../../../src/nat/look.js';
import { Redirects } from '../../../src/nat/redirects.js';
import { Rules } from '../../../src/nat/rules.js';
import { bindTables } from '../../../src/nat/tables.js';
import { Connection } from '../../../src/native/connection.js';
import { loadAddon } from '../../../src/native/index.js';
import { Protocol } from '../../../src/native/table.js';
import type { Answer } from '../support/fake-addon.js';
import { FakeAddon } from '../support/fake-addon.js';

/** A handle's core over a thread that answers everything alike. */
async function openCore(answer: Answer): Promise<NatCore> {
  const addon = new FakeAddon(loadAddon().describe('nat'));
  const protocol = new Protocol('nat', addon.describe());
  const opening = Connection.open(addon, protocol, { netns: '', timeout: 5000 });
  addon.answer([0, {}]);
  const submit = addon.submit.bind(addon);
  addon.submit = (handle, requests) => {
    submit(handle, requests);
    for (const { id } of addon.batches.at(-1) ?? []) setImmediate(() => addon.answer([id, answer]));
  };
  const settings = { backend: 'legacy', lockTimeout: 0, timeout: 5000, own: false } as const;
  return new NatCore(await opening, bindTables(protocol), settings);
}

const rule = { destination: '10.0.0.1' };

it('a change whose answer is lost is not known to be done, and says so', async () => {
  const redirects = new Redirects(await openCore({ flags: ['lost'] }));
  for (const lost of [redirects.add(rule), redirects.ensure(rule)]) {
    await expect(lost).rejects.toMatchObject({
      name: 'HandleError',
      code: 'ERR_LVS_UNKNOWN_OUTCOME',
      message: expect.stringMatching(/10\.0\.0\.1.*answer was lost; read the rules back/),
    });
  }
});

it('options that make no sense are rejected, and throw nothing at once', async () => {
  const redirects = new Redirects(await openCore({}));
  const options = { timeout: -1 };
  for (const call of [redirects.add(rule, options), redirects.validate(rule, options)]) {
    await expect(call).rejects.toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
  }
});

it('a rule is replaced by one of its own chain and family only', async () => {
  const redirects = new Redirects(await openCore({}));
  for (const other of [{ ...rule, chain: 'OUTPUT' } as const, { destination: '2001:db8::1' }]) {
    await expect(redirects.replace(rule, other)).rejects.toMatchObject({
      code: 'ERR_INVALID_ARG_VALUE',
      message: expect.stringContaining('a rule of PREROUTING for ipv4, like the old one'),
    });
  }
});

it('a rule of which not all is told is not removed by what is', async () => {
  const rules = new Rules(await openCore({}));
  const listed = { family: 'ipv4', chain: 'PREROUTING', text: '-A PREROUTING', complete: false };
  await expect(rules.remove(listed as NatRule)).rejects.toThrow(/told in full \(complete: true\)/);
});

it('whoever gives up opening is not told that a backend is missing', async () => {
  const { connection, tables } = await openCore({ error: -2 });
  const reason = new Error('enough');
  const probe = probeThrough(connection, tables, false, { signal: AbortSignal.abort(reason) });
  await expect(probe('legacy')).rejects.toBe(reason);
});

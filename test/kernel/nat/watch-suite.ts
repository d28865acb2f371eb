import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import type { Backend, NatChange } from '../../../src/nat/index.js';
import { HandleError, Nat } from '../../../src/nat/index.js';
import { createNetns, removeNetns } from '../../../src/netns/index.js';
import { errorOf } from './errors.js';
import { tracesIn } from './traces.js';

/** Somebody else, who changes IPv4 rules of the backend by shell commands. */
interface Stranger {
  /** As the kernel names the program; `undefined` where it does not tell. */
  readonly name: string | undefined;
  readonly add: string;
  readonly remove: string;
  readonly flush: string;
}

const rule = { destination: '10.0.0.1', protocol: 'tcp', destinationPort: 80, toPorts: 8080 };
const ruleText =
  '-A PREROUTING -d 10.0.0.1/32 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 8080';
const iptablesRule = 'PREROUTING -d 10.0.0.1 -p tcp --dport 80 -j REDIRECT --to-ports 8080';

const nftables =
  "nft -a list chain ip lvs prerouting | sed -n 's/.*handle \\([0-9]*\\)$/\\1/p' | tail -1";
const strangers: { readonly [backend in Backend]: Stranger } = {
  legacy: {
    name: undefined,
    add: 'iptables-legacy -w -t nat -A PREROUTING -d 10.0.0.9 -j REDIRECT',
    remove: `iptables-legacy -w -t nat -D ${iptablesRule}`,
    flush: 'iptables-legacy -w -t nat -F',
  },
  'iptables-nft': {
    name: 'iptables-nft',
    add: 'iptables-nft -t nat -A PREROUTING -d 10.0.0.9 -j REDIRECT',
    remove: `iptables-nft -t nat -D ${iptablesRule}`,
    flush: 'iptables-nft -t nat -F',
  },
  nftables: {
    name: 'nft',
    add: 'nft add rule ip lvs prerouting ip daddr 10.0.0.9 counter redirect',
    remove: `nft delete rule ip lvs prerouting handle $(${nftables})`,
    flush: 'nft flush ruleset',
  },
};

/** What is told of changes, and what is undone of them, on every backend. */
export function watchSuite(backend: Backend): void {
  const stranger = strangers[backend];
  const quick = { interval: 20 };
  const by =
    stranger.name === undefined
      ? {}
      : { by: { name: stranger.name, pid: expect.any(Number), self: false } };

  function run(command: string): void {
    execFileSync('sh', ['-c', command], { stdio: ['ignore', 'ignore', 'pipe'] });
  }

  async function texts(nat: Nat): Promise<string[]> {
    return (await nat.listRules()).map(({ text }) => text);
  }

  afterEach(async () => {
    await using nat = await Nat.open({ backend });
    await nat.flush();
    await nat.flush({ family: 'ipv6' });
  });

  describe('a watch', () => {
    it('tells what came and what went, and who it was', async () => {
      await using nat = await Nat.open({ backend });
      await nat.addRedirect({ destination: '10.0.0.8' });
      await using changes = await nat.watch(quick).ready();
      await nat.addRedirect(rule);
      expect(await nextOf(changes)).toMatchObject({
        kind: 'changed',
        family: 'ipv4',
        added: [{ text: ruleText, redirect: rule, own: backend !== 'legacy' }],
        removed: [],
        ...(backend !== 'legacy' && { by: { self: true } }),
      });
      run(stranger.add);
      expect(await nextOf(changes)).toMatchObject({
        kind: 'changed',
        added: [{ text: '-A PREROUTING -d 10.0.0.9/32 -j REDIRECT', own: false }],
        ...by,
      });
      await nat.zeroCounters({ family: 'ipv4' });
      if (backend !== 'legacy') {
        expect(await nextOf(changes)).toMatchObject({ kind: 'changed', added: [], removed: [] });
      }
      await nat.addRedirect({ destination: '2001:db8::1' });
      expect(await nextOf(changes)).toMatchObject({ family: 'ipv6', added: [{}] });
      run(stranger.flush);
      const flushed = await nextOf(changes);
      expect(flushed).toMatchObject({ kind: 'flushed', family: 'ipv4', added: [], ...by });
      expect(flushed.removed).toHaveLength(3);
      expect(flushed.removed).toContainEqual(expect.objectContaining({ text: ruleText }));
    });

    it('tells somebody who waits already', async () => {
      await using nat = await Nat.open({ backend });
      await nat.addRedirect({ destination: '10.0.0.8' });
      await using changes = await nat.watch(quick).ready();
      const next = nextOf(changes);
      // The handle answers in turn: the second time it has been waiting for long.
      await texts(nat);
      await texts(nat);
      run(stranger.add);
      expect(await next).toMatchObject({ added: [{ destination: '10.0.0.9' }] });
    });

    it('tells of one family only, and ends with its signal', async () => {
      await using nat = await Nat.open({ backend });
      const ending = new AbortController();
      const changes = nat.watch({ ...quick, family: 'ipv6', signal: ending.signal });
      await changes.ready();
      await nat.addRedirect(rule);
      await nat.addRedirect({ destination: '2001:db8::1' });
      expect(await nextOf(changes)).toMatchObject({ family: 'ipv6' });
      const next = errorOf(changes.next());
      ending.abort(new Error('enough'));
      expect((await next).message).toBe('enough');
    });

    it('makes no table where there is none', async () => {
      await createNetns('watched');
      try {
        await using nat = await Nat.open({ backend, netns: 'watched' });
        await using changes = nat.watch(quick);
        await changes.ready();
        const next = changes.next();
        expect(tracesIn('watched')).toBe('');
        await changes.close();
        expect(await next).toMatchObject({ done: true });
      } finally {
        await removeNetns('watched');
      }
    });

    it('ends with the handle', async () => {
      const nat = await Nat.open({ backend });
      const changes = await nat.watch(quick).ready();
      const next = changes.next();
      await nat.close();
      expect(await next).toEqual({ done: true, value: undefined });
    });
  });

  describe('a rule that is kept', () => {
    it('comes back after somebody took it away, and after a flush, and says why', async () => {
      await using nat = await Nat.open({ backend });
      await using keeper = await nat.keepRedirect(rule, quick);
      expect(await texts(nat)).toEqual([ruleText]);
      await nat.addRedirect({ destination: '10.0.0.8' }, { position: 1 });
      run(stranger.remove);
      expect(await keeper.next()).toEqual({
        done: false,
        value: { rule, cause: 'removed', count: 1, ...by },
      });
      expect(await texts(nat)).toContain(ruleText);
      run(stranger.flush);
      expect(await keeper.next()).toMatchObject({
        value: { cause: 'flushed', count: 2, ...by },
      });
      expect(await texts(nat)).toEqual([ruleText]);
    });

    it('is not fought for without end', async () => {
      await using nat = await Nat.open({ backend });
      const keeper = await nat.keepRedirect(rule, { ...quick, attempts: 2 });
      for (const count of [1, 2]) {
        run(stranger.flush);
        expect(await keeper.next()).toMatchObject({ value: { count } });
      }
      run(stranger.flush);
      const error = await errorOf(keeper.finished);
      expect(error).toBeInstanceOf(HandleError);
      expect(error).toMatchObject({ code: 'ERR_LVS_GAVE_UP' });
      expect(error.message).toContain('more than 2 times');
      if (stranger.name !== undefined) expect(error.message).toContain(`by ${stranger.name} (`);
      expect(await errorOf(keeper.next())).toBe(error);
      expect(await texts(nat)).toEqual([]);
    });

    it('may be taken away by its own handle', async () => {
      await using nat = await Nat.open({ backend });
      const removals: (() => Promise<unknown>)[] = [
        () => nat.removeRedirect(rule),
        () => nat.flush(),
        () => nat.flushOwn(),
        () => nat.replaceRedirect(rule, { destination: '10.0.0.8' }),
      ];
      for (const remove of removals) {
        const keeper = await nat.keepRedirect(rule, quick);
        await remove();
        await keeper.finished;
        expect(await keeper.next()).toEqual({ done: true, value: undefined });
        expect(await texts(nat)).not.toContain(ruleText);
      }
    });

    it('is left alone when the keeper is closed, and when its signal is aborted', async () => {
      await using nat = await Nat.open({ backend });
      const ending = new AbortController();
      const aborted = await nat.keepRedirect(rule, { ...quick, signal: ending.signal });
      const left = await nat.keepRedirect(rule, quick);
      await left.return();
      ending.abort(new Error('enough'));
      expect((await errorOf(aborted.next())).message).toBe('enough');
      expect(await texts(nat)).toEqual([ruleText]);
      run(stranger.flush);
      expect(await texts(nat)).toEqual([]);
    });
  });
}

/** The next change. */
async function nextOf(changes: AsyncIterator<NatChange, void>): Promise<NatChange> {
  const { value } = await changes.next();
  if (value === undefined) throw new Error('the watch has ended');
  return value;
}

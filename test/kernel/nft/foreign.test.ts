// What others write into the table that holds our rules.
import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { Nat } from '../../../src/nat/index.js';
import { errorOf } from '../nat/errors.js';

const backend = 'nftables';

function nft(...lines: string[]): void {
  execFileSync('nft', ['-f', '-'], { input: lines.join('\n') });
}

function addRules(...rules: string[]): void {
  nft(...rules.map((rule) => `add rule ip lvs prerouting ${rule}`));
}

/** The rules of our table, as nft shows them. */
function shown(): string[] {
  const text = execFileSync('nft', ['list', 'table', 'ip', 'lvs'], { encoding: 'utf8' });
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line.includes('counter '));
}

/** A handle whose table is there. */
async function open(): Promise<Nat> {
  const nat = await Nat.open({ backend });
  await nat.addRedirect({ destination: '10.0.0.1' });
  return nat;
}

describe('rules of others', () => {
  afterEach(() => nft('delete table ip lvs'));

  it.each([
    ['ip saddr 10.0.0.9 drop', '-A PREROUTING -s 10.0.0.9/32 -j DROP'],
    ['ip saddr 10.0.0.9 return', '-A PREROUTING -s 10.0.0.9/32 -j RETURN'],
    ['sctp dport 80 accept', '-A PREROUTING -p sctp -m multiport --dports 80 -j ACCEPT'],
    ['tcp dport 80-90 accept', '-A PREROUTING -p tcp -m tcp --dport 80:90 -j ACCEPT'],
  ])('are told in full where x_tables has words for them: %s', async (rule, text) => {
    await using nat = await open();
    addRules(rule);
    const [, listed] = await nat.listRules();
    expect(listed).toMatchObject({ text, complete: true, own: false });
  });

  it.each([
    'ip ttl > 3 accept',
    'tcp dport > 5 accept',
    'tcp dport >= 5 accept',
    'tcp dport 5 tcp dport 6 accept',
    'ip saddr != 10.0.0.1-10.0.0.5 accept',
    'ip saddr { 10.0.0.1, 10.0.0.9 } accept',
    'ip saddr 10.0.0.1 ip saddr 10.0.0.2 accept',
    'ct mark 5 accept',
    'iif lo accept',
    'meta l4proto tcp meta l4proto 6 accept',
    'ip saddr 10.0.0.1 continue',
    'tcp dport 80 redirect to :tcp dport map { 80 : 8080 }',
    'tcp dport 80 redirect fully-random',
  ])('are not where it has none: %s', async (rule) => {
    await using nat = await open();
    addRules(rule);
    const [, listed] = await nat.listRules();
    expect(listed).toMatchObject({ complete: false, own: false });
  });

  it('stay theirs, and what they are, when counters are set to zero', async () => {
    await using nat = await open();
    const counted = 'counter packets 3 bytes 180';
    const rules = [
      'ip daddr 10.0.0.8 # accept',
      'ip ttl 3 # drop comment "x"',
      'tcp dport 80 # redirect',
    ];
    addRules(...rules.map((rule) => rule.replace('#', counted)));
    await nat.zeroCounters({ family: 'ipv4' });
    expect(shown()).toEqual(
      ['ip daddr 10.0.0.1 # redirect', ...rules].map((rule) =>
        rule.replace('#', 'counter packets 0 bytes 0'),
      ),
    );
    expect((await nat.listRules()).map(({ own }) => own)).toEqual([true, false, false, false]);
  });

  it.each([
    'ip saddr { 10.0.0.1, 10.0.0.9 } # accept',
    'tcp dport 80 # dnat to ip saddr map { 10.0.0.1 : 10.0.0.2 }',
    'counter name ip saddr map { 10.0.0.1 : "theirs" } # accept',
  ])('keep their counters where the kernel lets no other rule have their set: %s', async (rule) => {
    await using nat = await open();
    const theirs = rule.replace('#', 'counter packets 3 bytes 180');
    nft('add counter ip lvs theirs');
    addRules(theirs);
    await nat.zeroCounters({ family: 'ipv4' });
    const ours = 'ip daddr 10.0.0.1 counter packets 0 bytes 0 redirect';
    expect(shown().slice(-2)).toEqual([ours, theirs]);
  });

  it('in tables of other names are no business of a watch', async () => {
    await using nat = await open();
    await using changes = await nat.watch().ready();
    nft('add table ip other', 'add chain ip other prerouting', 'delete table ip other');
    await nat.addRedirect({ destination: '10.0.0.2' });
    const { value } = await changes.next();
    expect(value).toMatchObject({ added: [{ destination: '10.0.0.2' }] });
  });
});

it('a comment that nf_tables has no room for is refused, and the tick’s other rules are made', async () => {
  await using nat = await Nat.open({ backend });
  const long = { destination: '10.0.0.1', comment: 'x'.repeat(250) };
  const [error] = await Promise.all([
    errorOf(nat.addRedirect(long)),
    nat.addRedirect({ destination: '10.0.0.2', comment: 'x'.repeat(247) }),
  ]);
  expect(error).toMatchObject({ code: 'EINVAL' });
  expect(error.message).toContain('the comment is too long for nf_tables');
  expect((await nat.listRules()).map(({ destination }) => destination)).toEqual(['10.0.0.2']);
  nft('delete table ip lvs');
});

// Each way of handing packets on carries HTTP, set up by the library alone, and leaves nothing behind.
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Family } from '../../../src/address/index.js';
import { familyOf } from '../../../src/address/index.js';
import type { DestSettings } from '../../../src/ipvs/index.js';
import { Rtnl } from '../../../src/route/index.js';
import { has, needing } from '../lacks.js';
import { addressOf, farVips, get, hosts, Lan, macOf, vips } from './lan.js';
import { stateOf } from './state.js';
import type { Server, Way } from './ways.js';
import { brief, prepareHosts } from './ways.js';

const looked = ['director', 'server1'] as const;

let lan: Lan;
let before: string[][];
beforeAll(async () => {
  // Each module makes a device, tables or settings in every namespace once it is there.
  const legacy = has('ip_tables') ? ['iptable_nat', 'ip6table_nat'] : [];
  execFileSync('modprobe', ['-a', 'ipip', 'sit', 'ip6_tunnel', 'ip_gre', 'fou', ...legacy]);
  lan = await Lan.build();
  before = looked.map(stateOf);
});
afterAll(() => lan[Symbol.asyncDispose]());

/** Prepares all, asks until both real servers have answered, and puts all back. */
async function carries(
  vip: string,
  way: Way,
  server: Server | undefined,
  dest: Partial<DestSettings>,
  destFamily: Family,
): Promise<void> {
  const family = familyOf(vip) ?? 'ipv4';
  const done = await prepareHosts(vip, way, server);
  try {
    await using _ = await lan.balance(vip, destFamily, dest);
    const answers: string[] = [];
    for (let asked = 0; asked < 4; asked++) answers.push(await get(vip, family));
    expect(answers.sort()).toEqual(['server1', 'server1', 'server2', 'server2']);
    if (way.device === 'ens3') expect(await claimsOf(vip)).toEqual([macOf('director')]);
  } finally {
    const undone = await Promise.all(done.map((preparation) => preparation.undo()));
    expect(undone.flat().filter((step) => !step.undone)).toEqual([]);
  }
}

/** The machines that say, where the client is, that they have the address. */
async function claimsOf(address: string): Promise<string[]> {
  await using client = await Rtnl.open({ netns: hosts.client.netns });
  const claims = await client.probeAddress({ device: 'ens3', address, ...brief.probe });
  return claims.map(({ macAddress }) => macAddress);
}

describe.each(['ipv4', 'ipv6'] as const)('HTTP over %s', (family) => {
  const vip = vips[family];
  const near = { device: 'ens3' } as const;

  needing('nat', () => {
    it('by direct routing and REDIRECT', async () => {
      const server: Server = () => ({ vip, mode: 'redirect' });
      await carries(vip, { mode: 'dr', ...near }, server, { fwd: 'dr' }, family);
    });
  });

  it('by direct routing and the VIP on lo', async () => {
    const server: Server = () => ({ vip, mode: 'loopback' });
    await carries(vip, { mode: 'dr', ...near }, server, { fwd: 'dr' }, family);
  });

  it('by NAT', async () => {
    const way = { mode: 'nat', device: 'wan' } as const;
    await carries(farVips[family], way, undefined, { fwd: 'nat' }, family);
  });

  const other = family === 'ipv4' ? 'ipv6' : 'ipv4';
  it.each([
    ['ipip', family],
    ['gue', family],
    ['ipip', other],
    ['gue', other],
    ['gre', 'ipv4'],
  ] as const)('by a tunnel, %s over %s', async (type, outer) => {
    const server: Server = (name) => ({
      vip,
      mode: 'tunnel',
      type,
      local: addressOf(name, outer),
    });
    const tunnel = type === 'gue' ? { type, port: 6080 } : { type };
    const dest = { fwd: 'tun', tunnel } as const;
    await carries(vip, { mode: 'tun', ...near }, server, dest, outer);
  });
});

it('leaves nothing behind', () => {
  expect(looked.map(stateOf)).toEqual(before);
});

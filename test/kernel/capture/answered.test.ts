// verifyForwarding where real servers do answer: the machines are made ready by lvs/recipes, and the
// bridge that all are ports of plays the client.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Family } from '../../../src/address/index.js';
import type { ForwardingReport } from '../../../src/capture/index.js';
import { verifyForwarding } from '../../../src/capture/index.js';
import type { DestConfig } from '../../../src/ipvs/index.js';
import { Rtnl } from '../../../src/route/index.js';
import { addressOf, bridge, hosts, Lan, macOf, servers, vips } from '../recipes/lan.js';
import type { Server, Way } from '../recipes/ways.js';
import { prepareHosts } from '../recipes/ways.js';
import { run } from './support/wire.js';

/** Clients of NAT are on a network of their own on the same bridge, so that answers pass the director. */
const natVips = { ipv4: '10.2.0.9', ipv6: '2001:db8:2::9' } as const;
const client = {
  near: ['10.0.0.254/24', '2001:db8::fe/64'],
  nat: ['10.2.0.254/24', '2001:db8:2::fe/64'],
} as const;
const gateway = ['10.2.0.1/24', '2001:db8:2::1/64'] as const;

let lan: Lan;
beforeAll(async () => {
  lan = await Lan.build();
  await addAddresses(bridge, 'br0', [...client.near, ...client.nat]);
  await addAddresses(hosts.director.netns, 'ens3', gateway);
  for (const server of servers) {
    const { netns } = hosts[server];
    await using route = await Rtnl.open({ netns });
    const by = addressOf('director', 'ipv6');
    await route.addRoute({ destination: '2001:db8:2::/64', gateway: by });
    // The director tells them in IPv6 of the way past it, and cannot be kept from that.
    const setting = '/proc/sys/net/ipv6/conf/ens3/accept_redirects';
    run('ip', 'netns', 'exec', netns, 'sh', '-c', `echo 0 >${setting}`);
  }
});
afterAll(() => lan[Symbol.asyncDispose]());

async function addAddresses(
  netns: string,
  device: string,
  addresses: readonly string[],
): Promise<void> {
  await using route = await Rtnl.open({ netns });
  for (const address of addresses) {
    await route.addAddress({ device, address, ...(address.includes(':') && { noDad: true }) });
  }
}

interface Trial {
  readonly vip: string;
  readonly mode: Way['mode'];
  readonly server?: Server;
  /** The real servers that are made ready. Default: both. */
  readonly ready?: typeof servers | readonly ['server1'];
  readonly dest: Omit<DestConfig, 'address'>;
  readonly destFamily: Family;
  /** What goes wrong once all is ready. */
  readonly mishap?: () => Promise<unknown>;
}

/** What is reported of four probes, two for each real server. */
async function verify(trial: Trial): Promise<ForwardingReport> {
  const { vip, mode, server, ready, dest, destFamily, mishap } = trial;
  const done = await prepareHosts(vip, { mode, device: 'ens3' }, server, ready);
  try {
    await using _ = await lan.balance(vip, destFamily, dest);
    await mishap?.();
    return await verifyForwarding({ vip, port: 80, device: 'br0', netns: bridge });
  } finally {
    for (const preparation of done) await preparation.undo();
  }
}

/** That the director alone has the VIP, and sent two probes to each of the real servers. */
function expectServers(
  report: ForwardingReport,
  each: (server: (typeof servers)[number]) => object,
): void {
  const director = macOf('director');
  expect(report).toMatchObject({ director, notForwarded: 0, arpAnswers: [director] });
  expect(report.wrongArpAnswers).toEqual([]);
  const byMac = [...report.servers].sort((a, b) => a.mac.localeCompare(b.mac));
  expect(byMac).toEqual(
    servers.map((server) => ({
      mac: macOf(server),
      address: undefined,
      port: undefined,
      tunnel: undefined,
      probes: 2,
      accepted: 2,
      refused: 0,
      unanswered: 0,
      ...each(server),
    })),
  );
}

describe.each(['ipv4', 'ipv6'] as const)('%s, answered', (family) => {
  const vip = vips[family];
  const other = family === 'ipv4' ? 'ipv6' : 'ipv4';
  const dr = {
    vip,
    mode: 'dr',
    server: () => ({ vip, mode: 'loopback' }),
    dest: { fwd: 'dr' },
    destFamily: family,
  } satisfies Trial;
  const nat = { vip: natVips[family], mode: 'nat', destFamily: family } as const;

  it('direct routing', async () => {
    expectServers(await verify(dr), () => ({ method: 'dr' }));
  });

  it('direct routing to two, of which one is not ready', async () => {
    const report = await verify({ ...dr, ready: ['server1'] });
    const silent = { accepted: 0, unanswered: 2 };
    expectServers(report, (server) => ({ method: 'dr', ...(server === 'server2' && silent) }));
  });

  it('direct routing beside a real server that gives the VIP away', async () => {
    await using route = await Rtnl.open({ netns: hosts.server2.netns });
    const wrong = { device: 'ens3', address: vip } as const;
    const mishap = (): Promise<unknown> =>
      route.addAddress({ ...wrong, ...(family === 'ipv6' && { noDad: true }) });
    const report = await verify({ ...dr, ready: ['server1'], mishap });
    await route.removeAddress(wrong);
    expect(report).toMatchObject({ director: macOf('director') });
    expect(report.arpAnswers).toHaveLength(2);
    expect(report.wrongArpAnswers).toEqual([macOf('server2')]);
  });

  it('NAT', async () => {
    expectServers(await verify({ ...nat, dest: { fwd: 'nat' } }), (server) => ({
      method: 'nat',
      address: addressOf(server, family),
      port: 80,
    }));
  });

  it('NAT to a port where nothing listens', async () => {
    expectServers(await verify({ ...nat, dest: { fwd: 'nat', port: 81 } }), (server) => ({
      method: 'nat',
      address: addressOf(server, family),
      port: 81,
      accepted: 0,
      refused: 2,
    }));
  });

  it.each([
    ['ipip', family],
    ['ipip', other],
    ['gue', family],
    ['gre', 'ipv4'],
  ] as const)('a tunnel, %s over %s', async (type, outer) => {
    const report = await verify({
      vip,
      mode: 'tun',
      server: (name) => ({ vip, mode: 'tunnel', type, local: addressOf(name, outer) }),
      dest: { fwd: 'tun', tunnel: type === 'gue' ? { type, port: 6080 } : { type } },
      destFamily: outer,
    });
    expectServers(report, (server) => ({
      method: 'tun',
      address: addressOf(server, outer),
      tunnel: { type, source: addressOf('director', outer) },
    }));
  });
});

// What a handle works on goes away under it: the module, the namespace, a device.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capture } from '../../src/capture/index.js';
import { Ipvs } from '../../src/index.js';
import { createNetns, openListener, removeNetns } from '../../src/netns/index.js';
import { Rtnl } from '../../src/route/index.js';
import { Sysctl } from '../../src/sysctl/index.js';
import { failureOf, useDirector } from '../kernel/ipvs/support.js';
import { withoutLoading } from '../kernel/modules.js';
import { expectNothingLeft } from './support/resources.js';

const service = { protocol: 'tcp', address: '10.0.0.1', port: 80, scheduler: 'rr' } as const;
const name = 'tcp://10.0.0.1:80';

/** Runs a command of the shell's, with its errors shown. */
function shell(script: string): string {
  return execFileSync('sh', ['-ec', script], { encoding: 'utf8' });
}

/** Removes the module with everything that stands on it. */
function unload(): void {
  shell(
    "modprobe -r $(lsmod | awk '/^ip_vs_/ { print $1 }') ip_vs; ! grep -q '^ip_vs ' /proc/modules",
  );
}

describe('the module', () => {
  const test = useDirector();

  it.each([
    ['a change', (ipvs: Ipvs) => ipvs.addService(service)],
    ['a listing', (ipvs: Ipvs) => ipvs.listServices()],
    ['a question', (ipvs: Ipvs) => ipvs.getTimeouts()],
  ])('unloaded is loaded again by %s on an open handle', async (_, ask) => {
    const { director, ipvs } = test;
    await ipvs.addService(service);
    await ipvs.flush();
    unload();
    await ask(ipvs);
    await ipvs.ensureService(service);
    await ipvs.addDest(name, '10.0.0.20');
    expect(director.saved()).toEqual([
      '-A -t 10.0.0.1:80 -s rr',
      '-a -t 10.0.0.1:80 -r 10.0.0.20:80 -g -w 1',
    ]);
  });

  it('that cannot be loaded again is an error that says so, until it can', async () => {
    const { director, ipvs } = test;
    await ipvs.listServices();
    unload();
    await withoutLoading(async () => {
      for (const call of [ipvs.addService(service), ipvs.listServices(), ipvs.getTimeouts()]) {
        const error = await failureOf(call);
        expect(error).toMatchObject({ name: 'KernelError', code: 'ENOPROTOOPT' });
        expect(error.message).toContain('the IPVS module was unloaded');
      }
    });
    await ipvs.addService(service);
    expect(director.saved()).toEqual(['-A -t 10.0.0.1:80 -s rr']);
  });
});

describe('a namespace', () => {
  const netns = 'doomed';
  expectNothingLeft();

  it('whose name is removed lives on for the handles in it, with what is in flight', async () => {
    await createNetns(netns);
    const ipvs = await Ipvs.open({ netns });
    const route = await Rtnl.open({ netns });
    const sysctl = await Sysctl.open({ netns });
    const calls = Array.from({ length: 2000 }, (_, index) =>
      ipvs.addService({ fwmark: index + 1 }),
    );
    const removed = removeNetns(netns);
    await Promise.all([...calls, removed]);
    await createNetns(netns);
    expect(await ipvs.listServices()).toHaveLength(2000);
    await route.updateLink('lo', { up: true });
    expect(await sysctl.get('ip_forward')).toBe(false);
    // The name is another namespace's now, and that has none of it.
    expect(shell(`ip netns exec ${netns} ipvsadm -Sn`)).toBe('');
    expect(shell(`ip -n ${netns} -o link show dev lo`)).toContain('DOWN');
    await Promise.all([ipvs.close(), route.close(), sysctl.close()]);
    await removeNetns(netns);
  });

  it('that ends takes its services with it', async () => {
    await createNetns(netns);
    const ipvs = await Ipvs.open({ netns });
    await ipvs.addService({ fwmark: 1 });
    await removeNetns(netns);
    await ipvs.close();
    await expect(Ipvs.open({ netns })).rejects.toMatchObject({ code: 'ENOENT', syscall: 'setns' });
  });
});

describe('a device that is gone', () => {
  const netns = 'devices';
  let route: Rtnl;

  beforeAll(async () => {
    await createNetns(netns);
    route = await Rtnl.open({ netns });
    await route.updateLink('lo', { up: true });
  });
  afterAll(async () => {
    await route.close();
    await removeNetns(netns);
  });

  const gone = 'v0';
  const make = (): Promise<void> =>
    route.addLink({ kind: 'veth', name: gone, peer: { name: 'v1' } });

  it('is named in the error, with those that there are', async () => {
    await make();
    await route.addAddress({ device: gone, address: '10.0.0.1/24' });
    shell(`ip -n ${netns} link delete ${gone}`);
    const error = await failureOf(route.addAddress({ device: gone, address: '10.0.0.2/24' }));
    expect(error).toMatchObject({ code: 'ENODEV' });
    expect(error.message).toContain('there is no device v0; there are: lo');
    expect(await route.listAddresses({ device: 'lo', family: 'ipv4' })).toHaveLength(1);
  });

  it('between the calls of one tick fails those behind it alone', async () => {
    await make();
    const outcomes = await Promise.allSettled([
      route.addAddress({ device: gone, address: '10.0.0.1/24' }),
      route.removeLink(gone),
      route.addAddress({ device: gone, address: '10.0.0.2/24' }),
      route.addAddress({ device: 'lo', address: '10.0.0.3/32' }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(outcomes[2]).toMatchObject({ reason: { code: 'ENODEV' } });
    expect(shell(`ip -n ${netns} -o -4 address`)).not.toContain(gone);
  });

  it('and comes back under the same name is the new one', async () => {
    await make();
    const before = await route.getLink(gone);
    shell(`ip -n ${netns} link delete ${gone}; ip -n ${netns} link add ${gone} type dummy`);
    await route.addAddress({ device: gone, address: '10.0.0.9/24' });
    expect((await route.getLink(gone))?.index).not.toBe(before?.index);
    expect(shell(`ip -n ${netns} -o -4 address show dev ${gone}`)).toContain('10.0.0.9/24');
    await route.removeLink(gone);
  });

  it('ends a sync daemon as it ends that of ipvsadm, and a capture', async () => {
    await using ipvs = await Ipvs.open({ netns });
    await make();
    await route.addAddress({ device: gone, address: '10.0.0.1/24' });
    await route.updateLink(gone, { up: true });
    await ipvs.startSyncDaemon({ state: 'master', device: gone, syncId: 1 });
    shell(`ip -n ${netns} link delete ${gone}`);
    await expect(
      ipvs.startSyncDaemon({ state: 'backup', device: gone, syncId: 1 }),
    ).rejects.toMatchObject({ code: 'ENODEV' });
    await ipvs.stopSyncDaemon('master');
    expect(shell(`ip netns exec ${netns} ipvsadm -L --daemon`)).not.toContain('master');
    const frames = capture({ device: gone, netns });
    await expect(frames.ready()).rejects.toMatchObject({ code: 'ENODEV' });
    await frames.close();
  });

  it('takes no listener of another device with it', async () => {
    await make();
    await expect(
      openListener({ netns, device: 'nothing0', address: '::', port: 1 }),
    ).rejects.toMatchObject({
      code: 'ENODEV',
    });
    const fd = await openListener({ netns, address: '127.0.0.1', port: 8080 });
    const { createServer } = await import('node:net');
    const server = createServer().listen({ fd });
    await once(server, 'listening');
    shell(`ip -n ${netns} link delete ${gone}`);
    expect(shell(`ip netns exec ${netns} ss -Hltn`)).toContain('127.0.0.1:8080');
    server.close();
    await once(server, 'close');
  });
});

import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FouPortConfig } from '../../../src/route/index.js';
import { Fou } from '../../../src/route/index.js';
import { withoutModules } from '../modules.js';
import { useRoom } from './support.js';

const room = useRoom();

/** What `ip fou` says, in its own words. */
function shown(): Record<string, unknown>[] {
  const inside = ['-n', room.netns, '-j', 'fou', 'show'];
  return JSON.parse(execFileSync('ip', inside, { encoding: 'utf8' }) || '[]');
}

function isLoaded(module: string): boolean {
  return existsSync(`/sys/module/${module}`);
}

function unload(): void {
  execFileSync('modprobe', ['-r', 'fou6', 'fou']);
  expect(isLoaded('fou')).toBe(false);
}

describe('the module', () => {
  beforeEach(unload);

  it('is loaded by opening', async () => {
    await using fou = await Fou.open({ netns: room.netns });
    expect(isLoaded('fou')).toBe(true);
    expect(await fou.listPorts()).toEqual([]);
    expect(inspect(fou)).toMatch(`netns: '${room.netns}'`);
  });

  it('that the kernel lacks is named, with the device that needs it', async () => {
    const link = { kind: 'sit', name: 't0', remote: '10.9.0.2', encapsulation: 'gue' } as const;
    execFileSync('modprobe', ['sit']);
    await withoutModules(['fou6', 'fou'], async () => {
      await expect(Fou.open({ netns: room.netns })).rejects.toMatchObject({
        code: 'ENOENT',
        message: expect.stringContaining('the module fou is not loaded'),
      });
      const added = room.route.addLink({ ...link, encapsulationPort: 6080 });
      await expect(added).rejects.toMatchObject({
        code: 'EINVAL',
        message: expect.stringContaining('this kernel puts no tunnels into UDP'),
      });
    });
  });

  it('cannot be loaded without CAP_SYS_MODULE, and the errors say so', () => {
    const module = path.resolve(import.meta.dirname, '../../../dist/route/index.js');
    const program = `
      const { Fou, Rtnl } = await import(${JSON.stringify(module)});
      const say = ({ code, message }) => console.log(code, message);
      await Fou.open().catch(say);
      const route = await Rtnl.open({ netns: '${room.netns}' });
      const link = { kind: 'sit', name: 't0', remote: '10.9.0.2', encapsulation: 'gue' };
      await route.addLink({ ...link, encapsulationPort: 6080 }).catch(say);
      await route.close();`;
    const node = [process.execPath, '--input-type=module', '--eval', program];
    const drop = ['--bounding-set=-sys_module', '--inh-caps=-sys_module', '--'];
    const text = execFileSync('setpriv', [...drop, ...node], { encoding: 'utf8' });
    const [opened, added] = text.split('\n');
    expect(opened).toMatch(/^ENOENT open fou: ENOENT: the module fou .*; load it: modprobe fou/);
    expect(added).toMatch(/^EINVAL add link t0 .*; load the module: modprobe fou$/);
    expect(isLoaded('fou')).toBe(false);
  });
});

describe('ports', () => {
  let fou: Fou;
  beforeAll(async () => {
    fou = await Fou.open({ netns: room.netns });
  });
  afterAll(() => fou.close());
  beforeEach(async () => {
    for (const port of await fou.listPorts()) await fou.removePort(port);
  });

  const cases: [FouPortConfig, string][] = [
    [{ port: 6080, encapsulation: 'gue' }, 'port 6080 gue'],
    [{ port: 6080, encapsulation: 'gue', family: 'ipv6' }, 'port 6080 gue -6'],
    [{ port: 5555, encapsulation: 'fou', carries: 'ipv4' }, 'port 5555 ipproto 4'],
    [{ port: 5555, encapsulation: 'fou', carries: 'gre' }, 'port 5555 ipproto 47'],
    [{ port: 5555, encapsulation: 'fou', carries: 99 }, 'port 5555 ipproto 99'],
    [{ port: 6080, encapsulation: 'gue', local: '127.0.0.1' }, 'port 6080 gue local 127.0.0.1'],
    [
      { port: 6080, encapsulation: 'gue', local: '::1', peer: '::1', peerPort: 7000, device: 'lo' },
      'port 6080 gue -6 local ::1 peer ::1 peer_port 7000 dev lo',
    ],
  ];

  it.each(cases)('%o is what ip makes, lists and removes', async (config, words) => {
    room.ip('link set lo up', `fou add ${words}`);
    const expected = shown();
    expect(expected).toHaveLength(1);
    const [listed] = await fou.listPorts();
    expect(listed).toMatchObject(config);
    await fou.removePort(config);
    expect(shown()).toEqual([]);

    await fou.addPort(listed as FouPortConfig);
    expect(shown()).toEqual(expected);
    room.ip(`fou del ${words}`);
    expect(await fou.listPorts()).toEqual([]);
  });

  it('of both families are told apart', async () => {
    await fou.addPort({ port: 6080, encapsulation: 'gue' });
    await fou.addPort({ port: 6080, encapsulation: 'gue', family: 'ipv6' });
    expect(await fou.listPorts({ family: 'ipv6' })).toEqual([
      { port: 6080, encapsulation: 'gue', family: 'ipv6' },
    ]);
    await fou.removePort({ port: 6080 });
    expect(await fou.listPorts()).toHaveLength(1);
  });

  it('are made sure of', async () => {
    const port = { port: 5555, encapsulation: 'fou', carries: 'ipv4' } as const;
    expect(await fou.ensurePort(port)).toBe('created');
    expect(await fou.ensurePort(port)).toBe('unchanged');
    expect(await fou.ensurePort({ ...port, carries: 'ipv6' })).toBe('updated');
    expect(await fou.listPorts()).toMatchObject([{ carries: 'ipv6' }]);
  });

  it('that are there, or are not, are refused with what there is', async () => {
    const port = { port: 6080, encapsulation: 'gue' } as const;
    await fou.addPort(port);
    await expect(fou.addPort(port)).rejects.toMatchObject({
      code: 'EADDRINUSE',
      operation: 'add UDP port',
      object: '6080 (ipv4)',
      message: expect.stringContaining('it is there already, for gue; use ensurePort'),
    });
    await expect(fou.removePort({ port: 6081 })).rejects.toMatchObject({
      code: 'EINVAL',
      message: expect.stringContaining('there is no such port; there are 6080 (ipv4)'),
    });
  });

  it('that another socket has are refused', async () => {
    await using own = await Fou.open();
    const socket = createSocket('udp4');
    socket.bind(0, '0.0.0.0');
    await once(socket, 'listening');
    const { port } = socket.address();
    await expect(own.addPort({ port, encapsulation: 'gue' })).rejects.toMatchObject({
      code: 'EADDRINUSE',
      message: expect.stringContaining('another socket has that UDP port'),
    });
    socket.close();
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { useRoom } from './support.js';

const room = useRoom();

beforeEach(() => room.route.addLink({ name: 'ens3', kind: 'bridge', up: true }));
afterEach(() => room.route.removeLink('ens3'));

async function seen(): Promise<string[]> {
  const all = await room.route.listAddresses({ device: 'ens3', scope: 'global' });
  return all.map(({ address, label = '-' }) => `${address} ${label}`);
}

describe('removeAddress', () => {
  it('tells what went with a primary', async () => {
    const { route } = room;
    room.ip(
      'address add 10.0.0.1/24 dev ens3',
      'address add 10.0.0.2/24 dev ens3 label ens3:2',
      'address add 10.0.0.3/32 dev ens3',
      'address add 10.0.1.1/24 dev ens3',
    );
    expect(await route.removeAddress({ device: 'ens3', address: '10.0.0.3' })).toEqual([]);
    const along = await route.removeAddress({ device: 'ens3', address: '10.0.0.1/24' });
    expect(along.map(({ label }) => label)).toEqual(['ens3:2']);
    expect(await seen()).toEqual(['10.0.1.1/24 ens3']);
  });

  it('tells nothing where the kernel promotes secondaries', async () => {
    const { route } = room;
    room.ip('address add 10.0.0.1/24 dev ens3', 'address add 10.0.0.2/24 dev ens3');
    room.sysctl('net.ipv4.conf.ens3.promote_secondaries=1');
    expect(await route.removeAddress({ device: 'ens3', address: '10.0.0.1/24' })).toEqual([]);
    expect(await seen()).toEqual(['10.0.0.2/24 ens3']);
  });
});

describe('updateAddress', () => {
  it.each(['10.0.0.1/24', '2001:db8::1/64'])(
    'changes of %s only what is named',
    async (address) => {
      const { route } = room;
      const key = { device: 'ens3', address };
      await route.addAddress({ ...key, validLifetime: 5000, metric: 9 });
      await route.updateAddress(key, { protocol: 77 });
      const [after] = await route.listAddresses(key);
      expect(after).toMatchObject({ metric: 9, protocol: 77 });
      expect(after?.validLifetime).toBeGreaterThan(4900);
      await route.updateAddress(key, { validLifetime: null, preferredLifetime: null });
      const [forever] = await route.listAddresses(key);
      expect(forever).toMatchObject({ metric: 9, protocol: 77 });
      expect(forever).not.toHaveProperty('validLifetime');
    },
  );

  it('keeps and changes the flags of an IPv6 address', async () => {
    const { route } = room;
    const key = { device: 'ens3', address: '2001:db8::1/64' };
    room.ip(`address add ${key.address} dev ens3 nodad home mngtmpaddr`);
    await route.updateAddress(key, { protocol: 77 });
    const flags = { homeAddress: true, manageTemporary: true };
    expect(await route.listAddresses(key)).toMatchObject([{ ...flags, protocol: 77 }]);
    await route.updateAddress(key, { homeAddress: false });
    const [after] = await route.listAddresses(key);
    expect(after).toMatchObject({ manageTemporary: true });
    expect(after).not.toHaveProperty('homeAddress');
  });

  it('refuses where there is no such address', async () => {
    const key = { device: 'ens3', address: '10.0.0.9' };
    await expect(room.route.updateAddress(key, { metric: 1 })).rejects.toMatchObject({
      name: 'KernelError',
      code: 'EADDRNOTAVAIL',
      operation: 'update address',
    });
  });
});

describe('ensureAddress', () => {
  it('says whether it changed anything', async () => {
    const { route } = room;
    const address = { device: 'ens3', address: '10.0.0.1/24' };
    expect(await route.ensureAddress({ ...address, label: 'ens3:1' })).toBe('created');
    expect(await route.ensureAddress({ ...address, label: 'ens3:1' })).toBe('unchanged');
    expect(await route.ensureAddress(address)).toBe('unchanged');
    expect(await route.ensureAddress({ ...address, protocol: 7 })).toBe('updated');
    expect(await route.ensureAddress({ ...address, label: 'ens3:2' })).toBe('updated');
    expect(await route.listAddresses({ device: 'ens3', family: 'ipv4' })).toMatchObject([
      { label: 'ens3:2', protocol: 7 },
    ]);
    const both = await Promise.all([
      route.ensureAddress({ device: 'ens3', address: '10.0.0.9' }),
      route.ensureAddress({ device: 'ens3', address: '10.0.0.9' }),
    ]);
    expect(both).toEqual(['created', 'unchanged']);
  });
});

describe('ensureAddress, IPv6', () => {
  it('says whether it changed anything', async () => {
    const key = { device: 'ens3', address: '2001:db8::1/64' };
    const address = { ...key, noDad: true };
    expect(await room.route.ensureAddress(address)).toBe('created');
    expect(await room.route.ensureAddress(address)).toBe('unchanged');
    expect(await room.route.ensureAddress({ ...address, homeAddress: true })).toBe('updated');
    expect(await room.route.listAddresses(key)).toMatchObject([{ homeAddress: true }]);
  });
});

describe('relabelAddress', () => {
  it('puts back what the kernel removes with a primary', async () => {
    const { route } = room;
    room.ip(
      'address add 10.0.0.1/24 dev ens3',
      'address add 10.0.0.2/24 dev ens3 label ens3:2',
      'address add 10.0.0.3/24 dev ens3 label ens3:3 brd +',
    );
    const before = await route.listAddresses({ label: 'ens3:?' });
    await route.relabelAddress({ device: 'ens3', address: '10.0.0.1/24' }, 'ens3:1');
    expect(await seen()).toEqual([
      '10.0.0.1/24 ens3:1',
      '10.0.0.2/24 ens3:2',
      '10.0.0.3/24 ens3:3',
    ]);
    expect((await route.listAddresses({ label: 'ens3:?' })).slice(1)).toEqual(before);
  });

  it('refuses where there is no such address', async () => {
    const key = { device: 'ens3', address: '10.0.0.9' };
    await expect(room.route.relabelAddress(key, 'ens3:1')).rejects.toMatchObject({
      code: 'EADDRNOTAVAIL',
    });
  });
});

describe('alias', () => {
  it('takes the first free label, also for calls of the same tick', async () => {
    const { route } = room;
    room.ip('address add 10.0.0.2/32 dev ens3 label ens3:2');
    const made = await Promise.all([
      route.alias('ens3', '10.0.0.1'),
      route.alias('ens3', '10.0.0.3', { protocol: 9 }),
      route.alias('ens3', '10.0.0.4/24'),
    ]);
    expect(made.map(({ label }) => label)).toEqual(['ens3:1', 'ens3:3', 'ens3:4']);
    expect(made[1]).toMatchObject({ address: '10.0.0.3/32', protocol: 9 });
  });
});

describe('flushAddresses', () => {
  it('removes what the filter names, primaries and secondaries', async () => {
    const { route } = room;
    room.ip(
      'address add 10.0.0.1/24 dev ens3 label ens3:1',
      'address add 10.0.0.2/24 dev ens3 label ens3:2',
      'address add 10.0.1.1/24 dev ens3',
      'address add 2001:db8::1/64 nodad dev ens3',
    );
    const gone = await route.flushAddresses({ label: 'ens3:*' });
    expect(gone.map(({ label }) => label)).toEqual(['ens3:1', 'ens3:2']);
    expect(await seen()).toEqual(['10.0.1.1/24 ens3', '2001:db8::1/64 -']);
    await route.flushAddresses({ device: 'ens3', family: 'ipv6' });
    expect(await route.flushAddresses({ device: 'ens3' })).toHaveLength(1);
    expect(await route.flushAddresses({ device: 'ens3' })).toEqual([]);
  });

  it('does not mind that another does the same', async () => {
    const { route } = room;
    room.ip('address add 10.0.0.1/24 dev ens3', 'address add 10.0.0.2/32 dev ens3');
    const filter = { device: 'ens3', family: 'ipv4' } as const;
    const gone = await Promise.all([route.flushAddresses(filter), route.flushAddresses(filter)]);
    expect(gone.map(({ length }) => length)).toEqual([2, 2]);
    expect(await seen()).toEqual([]);
  });

  it('refuses a filter that names nothing', async () => {
    await expect(room.route.flushAddresses({})).rejects.toMatchObject({
      code: 'ERR_INVALID_ARG_VALUE',
    });
  });
});

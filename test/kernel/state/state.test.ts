import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Ipvs } from '../../../src/index.js';
import { exported, openHere, reset } from '../ipvsadm/support.js';

let ipvs: Ipvs;

beforeAll(async () => {
  ipvs = await openHere();
});

beforeEach(async () => {
  await reset(ipvs);
  await ipvs.addService({ protocol: 'tcp', address: '10.0.0.1', port: 0, persistence: true });
  await ipvs.addService({ fwmark: 2 ** 32 - 1, family: 'ipv6', scheduler: 'none' });
  await ipvs.addService({ protocol: 'udp', address: '10.0.0.1', port: 0, onePacket: true });
  for (const last of [4, 2, 3]) {
    await ipvs.addDest('tcp://10.0.0.1:0', {
      address: `10.0.0.${last}`,
      weight: last,
      upperThreshold: 10 * last,
      lowerThreshold: last,
      fwd: last === 2 ? 'bypass' : 'tun',
    });
  }
  await ipvs.setTimeouts({ tcp: 901, tcpFin: 121, udp: 301 });
  await ipvs.startSyncDaemon({ state: 'backup', device: 'lo', syncId: 7, ttl: 3 });
});

afterAll(async () => {
  await reset(ipvs);
  await ipvs.close();
});

describe('exportState and importState', () => {
  it('restore exactly what was there, through JSON', async () => {
    const state = await exported(ipvs);
    expect(state).toMatchObject({ version: 1, timeouts: { tcp: 901, tcpFin: 121, udp: 301 } });
    const text = JSON.stringify(state);
    await reset(ipvs);
    await ipvs.importState(JSON.parse(text));
    expect(JSON.stringify(await exported(ipvs))).toBe(text);
  });

  it('replace what differs and leave alone what is right', async () => {
    const state = await exported(ipvs);
    await ipvs.addService({ fwmark: 1 });
    await ipvs.removeService({ fwmark: 2 ** 32 - 1, family: 'ipv6' });
    await ipvs.updateService('tcp://10.0.0.1:0', { scheduler: 'rr', persistence: false });
    await ipvs.updateDest('tcp://10.0.0.1:0', '10.0.0.3', { fwd: 'nat', weight: 0 });
    await ipvs.removeDest('tcp://10.0.0.1:0', '10.0.0.3:0');
    await ipvs.addDest('udp://10.0.0.1:0', '10.0.0.9');
    await ipvs.stopSyncDaemon('backup');
    await ipvs.startSyncDaemon({ state: 'backup', device: 'lo' });
    await ipvs.startSyncDaemon({ state: 'master', device: 'lo' });
    await ipvs.importState(state, { replace: true });
    const after = await exported(ipvs);
    const inOrder = ({ services, ...rest }: typeof state): unknown => ({
      ...rest,
      services: services.map(({ dests, ...service }) => ({
        ...service,
        dests: [...dests].sort((a, b) => a.address.localeCompare(b.address)),
      })),
    });
    expect(inOrder(after)).toEqual(inOrder(state));
  });

  it('put back what was there when the kernel refuses something', async () => {
    const state = await exported(ipvs);
    const added = {
      fwmark: 5,
      family: 'ipv4',
      scheduler: 'rr',
      schedulerFlags: [],
      onePacket: false,
      dests: [],
    } as const;
    const more = { ...state, services: [added, ...state.services] };
    await expect(ipvs.importState(more)).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await exported(ipvs)).toEqual(state);
    const bad = { ...state, services: [{ ...added, scheduler: 'nope' }] };
    await expect(ipvs.importState(bad, { replace: true })).rejects.toMatchObject({
      code: 'ENOENT',
    });
    expect(await exported(ipvs)).toEqual(state);
  });

  it('refuse what is no state', async () => {
    const state = await exported(ipvs);
    for (const bad of [
      undefined,
      { ...state, version: 2 },
      { ...state, services: {} },
      { ...state, services: [7] },
      { ...state, services: [{ ...state.services[0], dests: undefined }] },
      { ...state, extra: 1 },
      { ...state, timeouts: undefined },
    ]) {
      await expect(ipvs.importState(bad as typeof state)).rejects.toThrow(/must be/);
    }
  });
});

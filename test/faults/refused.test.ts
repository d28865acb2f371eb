// What the kernel has no memory for while something is begun, or undone.
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { capture } from '../../src/capture/index.js';
import { Ipvs } from '../../src/index.js';
import { Rtnl } from '../../src/route/index.js';
import { failureOf, useDirector } from '../kernel/ipvs/support.js';
import { faults } from './support/faults.js';
import { expectNothingLeft } from './support/resources.js';

const test = useDirector();
afterEach(() => void faults.take());
afterAll(() => console.log(`faults survived: ${faults.survived}`));
expectNothingLeft();

describe('no memory', () => {
  it('for a socket’s address: opening and watching say so, and leave nothing', async () => {
    const netns = test.director.name;
    await using route = await Rtnl.open({ netns });
    await faults.during({ refuseBind: 1 }, async () => {
      const opening = Ipvs.open({ netns });
      await expect(opening).rejects.toMatchObject({ name: 'KernelError', code: 'ENOMEM' });
      const watching = route.watch({ links: true });
      await expect(watching.ready()).rejects.toMatchObject({ name: 'KernelError', code: 'ENOMEM' });
      const frames = capture({ device: 'lo', netns });
      await expect(frames.ready()).rejects.toMatchObject({ code: 'ENOMEM', syscall: 'bind' });
    });
    expect(faults.take()).toBe(3);
    expect(await route.listLinks()).not.toEqual([]);
  });

  it('for a device to become promiscuous: the capture says so', async () => {
    const options = { device: 'lo', netns: test.director.name, promiscuous: true };
    await faults.during({ refuseJoin: 1 }, async () => {
      const frames = capture(options);
      await expect(frames.ready()).rejects.toMatchObject({
        code: 'ENOBUFS',
        syscall: 'setsockopt',
      });
    });
    expect(faults.take()).toBe(1);
    const frames = await capture(options).ready();
    await frames.close();
  });

  it('for an import, nor for undoing it: both errors are told, and what is left', async () => {
    const { director, ipvs } = test;
    await ipvs.addService({ fwmark: 1 });
    const state = await ipvs.exportState();
    const [service] = state.services;
    const other = { ...state, services: [{ ...service, fwmark: 2 }] } as typeof state;
    // What removes and lists is smaller than what adds.
    const error = await faults.during({ largestSend: 60 }, () =>
      failureOf(ipvs.importState(other, { replace: true })),
    );
    expect(error).toMatchObject({ code: 'ERR_LVS_UNDO' });
    expect(error.message).toContain('ENOMEM');
    expect(director.saved()).toEqual([]);
    await ipvs.importState(state, { replace: true });
    expect(director.saved()).toEqual(['-A -f 1 -s wlc']);
  });
});

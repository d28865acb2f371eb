// ipvs.sysctl, beside the kernel's own files.
import { describe, expect, it } from 'vitest';
import type { IpvsSysctlName, IpvsSysctls } from '../../../src/ipvs/index.js';
import { knobs } from '../../../src/ipvs/sysctl-knobs.js';
import { failureOf, linesOf, useDirector } from './support.js';

const test = useDirector();
const folder = '/proc/sys/net/ipv4/vs';
const names = Object.keys(knobs) as IpvsSysctlName[];

function inDirector(script: string): string {
  return test.director.run('sh', ['-ec', script]);
}

/** What the kernel's file says. */
const seen = (name: string): string => inDirector(`cat ${folder}/${name}`).trim();

/** The knobs that this kernel has. */
const present = (): string[] => linesOf(inDirector(`ls ${folder}`)).sort();

function shown(value: IpvsSysctls[IpvsSysctlName] | undefined): string {
  return typeof value === 'object' ? value.join('\t') : `${Number(value)}`;
}

describe('ipvs.sysctl', () => {
  it('lists what the kernel has, with the values of its files', async () => {
    // Some schedulers bring one of their own.
    await test.ipvs.addService({ fwmark: 7, scheduler: 'lblc' });
    const list = await test.ipvs.sysctl.list();
    expect(list.lblc_expiration).toBe(Number(seen('lblc_expiration')));
    expect(Object.keys(list).sort()).toEqual(present());
    for (const name of present() as IpvsSysctlName[]) {
      const value = list[name];
      if (typeof value !== 'string') expect([name, shown(value)]).toEqual([name, seen(name)]);
    }
  });

  it('writes switches, numbers and pairs, in its namespace', async () => {
    const { sysctl } = test.ipvs;
    await Promise.all([
      sysctl.set('conntrack', true),
      sysctl.set('drop_entry', 3),
      sysctl.set('sync_ports', 8),
      sysctl.set('sync_threshold', [5, 60]),
      sysctl.set('expire_nodest_conn', true),
    ]);
    expect(['conntrack', 'drop_entry', 'sync_ports', 'expire_nodest_conn'].map(seen)).toEqual([
      ...['1', '3', '8', '1'],
    ]);
    expect(seen('sync_threshold')).toBe('5\t60');
    expect(await sysctl.get('sync_threshold')).toEqual([5, 60]);
    expect(await sysctl.get('conntrack')).toBe(true);
    expect(await sysctl.get('drop_entry')).toBe(3);
    await sysctl.set('sync_threshold', [7, 0]);
    expect(seen('sync_threshold')).toBe('7\t0');
    await sysctl.set('conntrack', false);
    expect(seen('conntrack')).toBe('0');
  });

  it('says of what the kernel lacks since when there is such a thing', async () => {
    const missing = names.filter((name) => !present().includes(name));
    for (const name of missing) {
      const error = await failureOf(test.ipvs.sysctl.get(name));
      expect(error).toMatchObject({ name: 'KernelError', code: 'ENOENT' });
      const { since } = knobs[name];
      const reason = name.startsWith('lblc') ? 'while the scheduler' : 'in this network namespace';
      expect(error.message).toContain(since === undefined ? reason : `it came with Linux ${since}`);
    }
    const [first] = missing;
    if (first === undefined || knobs[first].kind !== 'integer') return;
    const least = knobs[first].least as never;
    await expect(test.ipvs.sysctl.set(first, least)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('writes nothing that the kernel would not take', async () => {
    const { sysctl } = test.ipvs;
    const [type, value, range] = [
      'ERR_INVALID_ARG_TYPE',
      'ERR_INVALID_ARG_VALUE',
      'ERR_OUT_OF_RANGE',
    ] as const;
    const before = await sysctl.list();
    for (const [code, name, wrong] of [
      [value, '../ip_forward', true],
      [type, 'conntrack', 1],
      [range, 'drop_entry', 4],
      [range, 'sync_ports', 6],
      [type, 'sync_threshold', 5],
      [type, 'sync_threshold', [5]],
      [range, 'sync_threshold', [50, 5]],
      [value, 'est_cpulist', 'x'.repeat(256)],
    ] as const) {
      await expect(sysctl.set(name as never, wrong as never)).rejects.toMatchObject({ code });
    }
    expect(await sysctl.list()).toEqual(before);
  });
});

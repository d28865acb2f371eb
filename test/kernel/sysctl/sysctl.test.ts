import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Sysctl } from '../../../src/sysctl/index.js';

const netns = `sysctl-${process.pid}`;
let sysctl: Sysctl;

/** What the kernel's file says in the namespace, or in this process's own. */
function seen(path: string, ...prefix: string[]): string {
  const [command = '', ...args] = [...prefix, 'cat', `/proc/sys/net/${path}`];
  return execFileSync(command, args, { encoding: 'utf8' }).trim();
}
const inside = ['ip', 'netns', 'exec', netns];

beforeAll(async () => {
  execFileSync('ip', ['netns', 'add', netns]);
  sysctl = await Sysctl.open({ netns });
});

afterAll(async () => {
  await sysctl.close();
  execFileSync('ip', ['netns', 'del', netns]);
});

describe('Sysctl', () => {
  it('writes in its own namespace and nowhere else', async () => {
    const before = seen('ipv4/ip_forward');
    await sysctl.set('ip_forward', true);
    expect(seen('ipv4/ip_forward', ...inside)).toBe('1');
    expect(seen('ipv4/ip_forward')).toBe(before);
    expect(await sysctl.get('ip_forward')).toBe(true);
    await sysctl.set('ip_forward', false);
    expect(await sysctl.get('ip_forward')).toBe(false);
  });

  it('writes of a device, of all and of later ones', async () => {
    await Promise.all([
      sysctl.set('arp_ignore', 1, { device: 'lo' }),
      sysctl.set('arp_announce', 2),
      sysctl.set('rp_filter', 2, { device: 'default' }),
      sysctl.set('promote_secondaries', true, { device: 'lo' }),
      sysctl.set('accept_local', true, { device: 'lo' }),
    ]);
    expect(seen('ipv4/conf/lo/arp_ignore', ...inside)).toBe('1');
    expect(seen('ipv4/conf/all/arp_announce', ...inside)).toBe('2');
    expect(seen('ipv4/conf/default/rp_filter', ...inside)).toBe('2');
    expect(await sysctl.get('promote_secondaries', { device: 'lo' })).toBe(true);
    expect(await sysctl.get('arp_ignore')).toBe(0);
    await Promise.all([
      sysctl.set('forwarding', true, { device: 'lo', family: 'ipv4' }),
      sysctl.set('send_redirects', false),
      sysctl.set('accept_redirects', false),
      sysctl.set('accept_ra', 2, { device: 'lo' }),
    ]);
    expect(seen('ipv4/conf/lo/forwarding', ...inside)).toBe('1');
    expect(await sysctl.get('forwarding', { device: 'lo' })).toBe(false);
    expect(seen('ipv4/conf/all/send_redirects', ...inside)).toBe('0');
    expect(seen('ipv4/conf/all/accept_redirects', ...inside)).toBe('0');
    expect(seen('ipv6/conf/lo/accept_ra', ...inside)).toBe('2');
  });

  it('says that there is no such device', async () => {
    await expect(sysctl.get('arp_ignore', { device: 'none' })).rejects.toMatchObject({
      name: 'KernelError',
      code: 'ENOENT',
      object: 'net.ipv4.conf.none.arp_ignore',
      message: expect.stringContaining('no device none'),
    });
  });

  it('refuses what leads out of the folder', async () => {
    for (const device of ['..', '../..', 'a/b', '']) {
      await expect(sysctl.get('arp_ignore', { device })).rejects.toMatchObject({
        code: 'ERR_INVALID_ARG_VALUE',
      });
    }
  });
});

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createNetns,
  ensureNetns,
  listNetns,
  openListener,
  openProbeSocket,
  removeNetns,
  withNetns,
} from '../../../src/netns/index.js';

function ip(...args: string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8' });
}

function namesSeenByIp(): string[] {
  const lines = ip('netns', 'list').split('\n');
  return lines
    .filter((line) => line !== '')
    .map((line) => line.replace(/ \(id: \d+\)$/, ''))
    .sort();
}

function mountsBelowRunNetns(): string[] {
  const table = execFileSync('cat', ['/proc/self/mountinfo'], { encoding: 'utf8' });
  return table.split('\n').filter((line) => line.includes('/run/netns'));
}

afterEach(async () => {
  for (const name of await listNetns()) await removeNetns(name);
});

describe('namespaces and `ip netns`', () => {
  it('lists nothing where nothing is', async () => {
    expect(await listNetns()).toEqual([]);
  });

  it('makes what `ip netns` lists and enters', async () => {
    const own = ip('-o', 'link');
    await createNetns('vm1');
    expect(namesSeenByIp()).toEqual(['vm1']);
    expect(ip('netns', 'exec', 'vm1', 'ip', '-o', 'link')).toMatch(/^1: lo: <LOOPBACK> .* DOWN /);
    expect(ip('-o', 'link')).toBe(own);
  });

  it('lists and removes what `ip netns add` made', async () => {
    ip('netns', 'add', 'theirs');
    await createNetns('ours');
    expect(await listNetns()).toEqual(['ours', 'theirs']);
    await removeNetns('theirs');
    expect(namesSeenByIp()).toEqual(['ours']);
    ip('netns', 'delete', 'ours');
    expect(await listNetns()).toEqual([]);
  });

  it('makes a different namespace each time', async () => {
    await Promise.all(['a', 'b', 'c'].map((name) => createNetns(name)));
    const inode = (name: string): string =>
      execFileSync('stat', ['-L', '-c', '%i', name], { encoding: 'utf8' }).trim();
    const inodes = ['a', 'b', 'c'].map((name) => inode(`/run/netns/${name}`));
    expect(new Set([...inodes, inode('/proc/self/ns/net')]).size).toBe(4);
  });

  it('shares the folder, so that other mount namespaces see names come and go', async () => {
    await createNetns('vm1');
    // `ip netns exec` has a mount namespace of its own.
    ip('netns', 'exec', 'vm1', 'ip', 'netns', 'delete', 'vm1');
    expect(await listNetns()).toEqual([]);
    expect(mountsBelowRunNetns().filter((line) => line.includes('vm1'))).toEqual([]);
    const folder = mountsBelowRunNetns();
    expect(folder).toHaveLength(1);
    expect(folder[0]).toContain('shared:');
  });

  it('takes a name of 255 bytes, and blanks', async () => {
    const names = ['x'.repeat(255), 'two words', 'é'];
    for (const name of names) await createNetns(name);
    expect(await listNetns()).toEqual([...names].sort());
  });

  it('refuses a twin and leaves it alone', async () => {
    await createNetns('vm1');
    ip('-n', 'vm1', 'link', 'add', 'd0', 'type', 'veth', 'peer', 'name', 'd1');
    await expect(createNetns('vm1')).rejects.toMatchObject({
      code: 'EEXIST',
      syscall: 'open',
      object: 'vm1',
      message: expect.stringContaining('create namespace vm1: EEXIST: the name is taken'),
    });
    expect(ip('-n', 'vm1', '-o', 'link')).toContain('d0');
  });

  it('refuses to remove what is not there', async () => {
    await expect(removeNetns('vm1')).rejects.toMatchObject({
      code: 'ENOENT',
      message: expect.stringContaining('there is no namespace of that name'),
    });
  });

  it('ensures, and says whether it had to', async () => {
    expect(await ensureNetns('vm1')).toBe('created');
    expect(await ensureNetns('vm1')).toBe('unchanged');
    expect(namesSeenByIp()).toEqual(['vm1']);
  });

  it('makes the very namespace that is to be worked in', async () => {
    await withNetns('vm1', () => createNetns('vm1'));
    expect(namesSeenByIp()).toEqual(['vm1']);
  });

  it('removes a file that is left over, with no namespace on it', async () => {
    mkdirSync('/run/netns', { recursive: true });
    writeFileSync('/run/netns/leftover', '');
    await removeNetns('leftover');
    expect(existsSync('/run/netns/leftover')).toBe(false);
  });

  it('withdraws what is aborted before it begins', async () => {
    await expect(createNetns('vm1', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(await listNetns()).toEqual([]);
  });

  it('leaves neither descriptors nor threads behind', async () => {
    await ensureNetns('vm1');
    const count = (): number[] =>
      ['/proc/self/fd', '/proc/self/task'].map((folder) => readdirSync(folder).length);
    const before = count();
    for (let i = 0; i < 50; i++) {
      await createNetns('again');
      await expect(createNetns('again')).rejects.toThrow('EEXIST');
      await removeNetns('again');
    }
    expect(count()).toEqual(before);
  });
});

/** Takes the folder away, which `ip netns` and the library make when they need it. */
function removeFolder(): void {
  execFileSync('sh', ['-c', 'umount -R /run/netns 2>/dev/null; rm -rf /run/netns']);
}

describe('the folder of names', () => {
  afterEach(removeFolder);

  it('need not be there', async () => {
    removeFolder();
    expect(await listNetns()).toEqual([]);
    await createNetns('vm1');
    expect(await listNetns()).toEqual(['vm1']);
    await removeNetns('vm1');
  });

  it('is no list of names where it is no folder', async () => {
    removeFolder();
    writeFileSync('/run/netns', '');
    await expect(listNetns()).rejects.toMatchObject({ code: 'ENOTDIR' });
    await expect(createNetns('vm1')).rejects.toMatchObject({ code: 'ENOTDIR' });
    removeFolder();
  });

  it('is not shared where the kernel has no mount left, which is said', async () => {
    removeFolder();
    const limit = '/proc/sys/fs/mount-max';
    const before = readFileSync(limit, 'utf8');
    writeFileSync(limit, '1');
    const creating = createNetns('vm1');
    await expect(creating).rejects.toMatchObject({ code: 'ENOSPC', syscall: 'mount' });
    writeFileSync(limit, before);
    expect(await listNetns()).toEqual([]);
    await createNetns('vm1');
    expect(namesSeenByIp()).toEqual(['vm1']);
    await removeNetns('vm1');
  });
});

describe('without CAP_SYS_ADMIN', () => {
  const nobody = 65_534;

  afterEach(() => process.seteuid?.(0));

  it('says so, and leaves things as they are', async () => {
    await createNetns('there');
    process.seteuid?.(nobody);
    await expect(createNetns('vm1')).rejects.toMatchObject({
      code: 'EPERM',
      message: expect.stringContaining('takes CAP_SYS_ADMIN'),
    });
    await expect(removeNetns('there')).rejects.toMatchObject({ code: 'EPERM', syscall: 'umount2' });
    await expect(openProbeSocket({ netns: 'there' })).rejects.toMatchObject({
      code: 'EPERM',
      syscall: 'setns',
      message: expect.stringContaining('CAP_SYS_ADMIN'),
    });
    await expect(openProbeSocket({ mark: 7 })).rejects.toMatchObject({
      code: 'EPERM',
      field: 'mark',
      message: expect.stringContaining('CAP_NET_ADMIN'),
    });
    await expect(openListener({ address: '0.0.0.0', port: 80 })).rejects.toMatchObject({
      code: 'EACCES',
      field: 'address',
      message: expect.stringContaining('port 80 takes CAP_NET_BIND_SERVICE'),
    });
    expect(await listNetns()).toEqual(['there']);
  });
});

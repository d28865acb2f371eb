import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

/** What opening a handle says in a kernel of its own that was put into a state first. */
function openIn(preparation: string): string {
  const program = `
    import { Ipvs } from 'lvs';
    const error = await Ipvs.open().then(() => undefined, (reason) => reason);
    console.log(JSON.stringify({ name: error?.name, code: error?.code, message: error?.message }));
  `;
  const node = `exec "$0" --input-type=module --eval "$1"`;
  const lab = ['test/lab/run.mjs', '--quiet', '--kernel', 'uml-6.1', '--', 'sh', '-c'];
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [...lab, `${preparation}; ${node}`, process.execPath, program],
    { cwd: root, encoding: 'utf8' },
  );
  return stdout || stderr;
}

describe('opening a handle where there is no IPVS', () => {
  it('says that the module is there but not loaded', () => {
    const said = JSON.parse(openIn('echo /bin/false >/proc/sys/kernel/modprobe'));
    expect(said).toEqual({
      name: 'KernelError',
      code: 'ENOENT',
      message:
        'open IPVS: ENOENT: the module ip_vs is there but was not loaded; load it as root: modprobe ip_vs',
    });
  }, 60_000);

  it('says that there is no module folder', () => {
    const said = JSON.parse(openIn('umount /lib/modules'));
    expect(said).toMatchObject({ name: 'KernelError', code: 'ENOENT' });
    expect(said.message).toMatch(
      /^open IPVS: ENOENT: this kernel \(6\.1\.\d+\) has no IPVS, and no/,
    );
  }, 60_000);

  it('says that the kernel was built without it', () => {
    const folder = '/lib/modules/$(uname -r)';
    const said = JSON.parse(
      openIn(
        `umount /lib/modules; mount -t tmpfs none /lib/modules; mkdir ${folder}; : >${folder}/modules.dep`,
      ),
    );
    expect(said).toMatchObject({ name: 'KernelError', code: 'ENOENT' });
    expect(said.message).toMatch(/was built without IPVS; install/);
  }, 60_000);
});

import { spawnSync } from 'node:child_process';
import { LabError, say } from './report.mjs';

/**
 * Debian packages by what they are needed for, so that callers install no more than they use.
 * @type {Record<string, string[]>}
 */
export const GROUPS = {
  base: ['iproute2', 'kmod', 'util-linux'],
  kernel: [
    'iproute2',
    'kmod',
    'util-linux',
    'patchelf',
    'gcc',
    'libc6-dev',
    'debian-archive-keyring',
  ],
  stock: ['qemu-system-x86', 'qemu-system-common', 'busybox-static', 'cpio', 'xz-utils'],
  oracle: [
    'ipvsadm',
    'iptables',
    'nftables',
    'tcpdump',
    'iproute2',
    'conntrack',
    'strace',
    'libcap2-bin',
  ],
  wireshark: ['tshark'],
  build: ['g++', 'make', 'python3'],
  browser: ['chromium', 'fonts-liberation', 'fonts-dejavu-core'],
  lint: ['clang-format', 'clang-tidy', 'shellcheck'],
  package: [
    'g++',
    'make',
    'python3',
    'g++-aarch64-linux-gnu',
    'qemu-user-static',
    'musl',
    'debootstrap',
    'debian-archive-keyring',
  ],
  fuzz: ['clang', 'libclang-rt-14-dev', 'llvm'],
};

const APT_OPTIONS = ['-q', '-o', 'DPkg::Lock::Timeout=300', '-o', 'APT::Sandbox::User=root'];

/**
 * Runs apt-get without questions and with its output captured.
 * @param {string[]} args
 * @param {{ cwd?: string }} [options]
 */
export function aptGet(args, { cwd } = {}) {
  return spawnSync('apt-get', [...APT_OPTIONS, ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' },
  });
}

/** @param {string[]} names */
function missingPackages(names) {
  const query = spawnSync(
    'dpkg-query',
    ['-W', '-f', '${Package} ${db:Status-Status}\n', ...names],
    {
      encoding: 'utf8',
    },
  );
  if (query.error) {
    throw new LabError('dpkg-query does not run here: the lab needs Debian 12 or a relative of it');
  }
  const installed = new Set(
    query.stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return names.filter((name) => !installed.has(name));
}

/**
 * Installs what is missing; costs one dpkg-query when nothing is.
 * @param {string[]} names
 */
export function ensurePackages(names) {
  const missing = missingPackages([...new Set(names)]);
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0) {
    throw new LabError(
      `missing packages: ${missing.join(' ')}; become root, or have them installed with: ` +
        `apt-get install --no-install-recommends ${missing.join(' ')}`,
    );
  }
  say(`installing ${missing.join(' ')}`);
  const install = ['install', '-y', '--no-install-recommends', ...missing];
  if (aptGet(install).status === 0) return;
  // The package lists may be absent or older than the mirror.
  const update = aptGet(['update']);
  const again = aptGet(install);
  if (again.status === 0) return;
  throw new LabError(
    `cannot install ${missing.join(' ')}\n${update.stderr}${again.stderr}` +
      'check that a Debian 12 mirror is in the apt sources and can be reached, then run `apt-get update`',
  );
}

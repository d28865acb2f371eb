import path from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { reaches, readNeeds } from './support/elf.js';
import { nodes, programOf } from './support/runtimes.js';

const { installed } = inject('places');

/** Of the oldest distributions that Node's own binaries run on: see its BUILDING.md. */
const highest = { GLIBC: '2.28', GLIBCXX: '3.4.21' };

const architectures = [
  ['x64', 'Advanced Micro Devices X86-64', 'x86_64'],
  ['arm64', 'AArch64', 'aarch64'],
] as const;

function binary(platform: string): string {
  return path.join(installed, 'prebuilds', platform, 'lvs.node');
}

const oldest = readNeeds(programOf(nodes[0] ?? expect.fail('no Node.js')));
const isOfNode = (name: string): boolean => /^(napi|uv)_/.test(name);

describe.each(architectures)('the binaries for %s', (arch, machine, processor) => {
  const glibc = readNeeds(binary(`linux-${arch}`));
  const musl = readNeeds(binary(`linux-${arch}-musl`));

  it('want no newer C library than Node does, and no C++ library', () => {
    expect(glibc.machine).toBe(machine);
    expect(glibc.libraries).toEqual(['libc.so.6']);
    expect(Object.keys(glibc.versions)).toEqual(['GLIBC']);
    expect(reaches(highest.GLIBC, glibc.versions['GLIBC'] ?? '')).toBe(true);
  });

  it('want of musl what it has', () => {
    expect(musl.machine).toBe(machine);
    expect(musl.libraries).toEqual([`libc.musl-${processor}.so.1`]);
    expect(musl.versions).toEqual({});
    // The functions are the same on every processor.
    const { exports } = readNeeds('/lib/x86_64-linux-musl/libc.so');
    const others = musl.symbols.filter((name) => !isOfNode(name));
    expect(others.filter((name) => !exports.includes(name))).toEqual([]);
  });

  it('want of Node-API what every Node.js has', () => {
    const wanted = glibc.symbols.filter(isOfNode);
    expect(wanted).not.toEqual([]);
    expect(musl.symbols.filter(isOfNode).sort()).toEqual(wanted.sort());
    expect(oldest.exports).toEqual(expect.arrayContaining(wanted));
  });

  it('show Node its two entry points, and nothing else', () => {
    const entryPoints = ['napi_register_module_v1', 'node_api_module_get_api_version_v1'];
    expect([...glibc.exports].sort()).toEqual(entryPoints);
    expect([...musl.exports].sort()).toEqual(entryPoints);
  });
});

it('a symbol of every kind of version is found', () => {
  const { versions } = oldest;
  expect(Object.keys(versions)).toEqual(expect.arrayContaining(['GLIBC', 'GLIBCXX']));
  expect(reaches(highest.GLIBC, versions['GLIBC'] ?? '')).toBe(true);
  expect(reaches(highest.GLIBCXX, versions['GLIBCXX'] ?? '')).toBe(true);
  expect(reaches('2.17', '2.4')).toBe(true);
  expect(reaches('2.4', '2.17')).toBe(false);
});

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, inject, it } from 'vitest';
import { run } from './support/commands.js';

const { tarball, installed, consumer } = inject('places');

it('has the binaries, the sources and the documents, and nothing else', () => {
  const files = run('tar', ['-tzf', tarball]).trimEnd().split('\n');
  const prebuilds = files.filter((file) => file.startsWith('package/prebuilds/'));
  const platforms = ['linux-arm64-musl', 'linux-arm64', 'linux-x64-musl', 'linux-x64'];
  expect(prebuilds.sort()).toEqual(
    platforms.map((platform) => `package/prebuilds/${platform}/lvs.node`),
  );
  const tops = new Set(files.map((file) => file.split('/')[1]));
  expect([...tops].sort()).toEqual(
    [
      ...['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'binding.gyp', 'dist', 'docs'],
      ...['native', 'package.json', 'prebuilds', 'src'],
    ].sort(),
  );
});

it('installs alone, without running anything', () => {
  const modules = readdirSync(path.join(consumer, 'node_modules'));
  expect(modules.filter((name) => !name.startsWith('.'))).toEqual(['lvs']);
  const manifest = JSON.parse(readFileSync(path.join(installed, 'package.json'), 'utf8'));
  expect(manifest).toMatchObject({ gypfile: false, type: 'module' });
  expect(manifest).not.toHaveProperty('dependencies');
  for (const script of ['preinstall', 'install', 'postinstall', 'prepare']) {
    expect(manifest.scripts).not.toHaveProperty(script);
  }
});

// @ts-check
// The JavaScript of `dist`: one file for each entry of the package, and chunks of what entries share. Two hundred
// modules took longer to find and read than all that they do. Declarations are made by tsc.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'rolldown';

const root = path.resolve(import.meta.dirname, '..');
/** @type {{ exports: Record<string, string | { types: string, default: string }> }} */
const { exports } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const entries = Object.values(exports)
  .flatMap((target) => (typeof target === 'string' ? [] : [target.default]))
  .map((file) => /^\.\/dist\/(.+)\.js$/.exec(file)?.[1] ?? '');

await build({
  cwd: root,
  input: Object.fromEntries(entries.map((name) => [name, `src/${name}.ts`])),
  platform: 'node',
  external: /^node:/,
  // Of the oldest Node.js that the package is for: it does not know `await using`.
  transform: { target: 'node20.19' },
  output: {
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].js',
    // The loader, which all entries share, looks for the addon from a folder of `dist`.
    chunkFileNames: 'chunks/[name]-[hash].js',
    // What nearly every entry needs: one file of it is found and read sooner than five.
    codeSplitting: {
      groups: [{ name: 'core', test: /\/src\/(address|errors|native|options)\// }],
    },
    sourcemap: true,
    // The sources are in the package.
    sourcemapExcludeSources: true,
  },
});

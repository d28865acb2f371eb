import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { runs } from './runs.mjs';

const root = path.resolve(import.meta.dirname, '..');

export default defineConfig({
  root,
  test: {
    // The lab's kernels see the same files; two of them must not share a cache.
    cache: false,
    projects: runs.map((run) => ({
      root,
      // Examples name the package as its users do; the tests mean its sources.
      resolve: {
        alias: [
          { find: /^lvs$/, replacement: path.join(root, 'src/index.ts') },
          { find: /^lvs\/(\w+)$/, replacement: path.join(root, 'src/$1/index.ts') },
        ],
      },
      test: {
        name: run.name,
        include: run.include,
        exclude: run.exclude,
        pool: 'forks' as const,
        setupFiles: process.env['LVS_COVERAGE'] === undefined ? [] : ['test/coverage/setup.ts'],
        ...(run.setup !== undefined && { globalSetup: run.setup }),
        ...((run.kernel !== null || run.setup !== undefined) && {
          // One kernel, one CPU and slow system calls, or compilers: files take turns and get time.
          fileParallelism: false,
          testTimeout: 90_000,
          hookTimeout: 90_000,
        }),
      },
    })),
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reportsDirectory: 'coverage',
    },
  },
});

import { createRequire } from 'node:module';
import { LoadError } from '../errors/index.js';
import type { Addon } from './addon.js';

const require = createRequire(import.meta.url);

/** Where the addon may lie, from the package's root: a build of one's own comes first. */
const candidates = [
  '../../build/Release/lvs.node',
  `../../prebuilds/${process.platform}-${process.arch}/lvs.node`,
];

/** Loads the addon, which Node itself keeps after the first time. */
export function loadAddon(): Addon {
  const errors: unknown[] = [];
  if (process.platform === 'linux') {
    for (const candidate of candidates) {
      try {
        return require(candidate) as Addon;
      } catch (error) {
        errors.push(error);
      }
    }
  }
  throw new LoadError(explain(process.platform, errors), errors);
}

/** The sentence of a {@link LoadError}: what went wrong and what helps. */
export function explain(platform: string, errors: readonly unknown[]): string {
  if (platform !== 'linux') {
    return `lvs drives the Linux kernel's load balancer; this is ${platform}, where there is none`;
  }
  const codes = errors.map(codeOf);
  const real = errors.find((_, index) => codes[index] !== 'MODULE_NOT_FOUND');
  if (codes.includes('ERR_DLOPEN_DISABLED')) {
    return 'this process may not load native addons; run node without --no-addons and, under the permission model, with --allow-addons';
  }
  if (real === undefined) {
    return `lvs has no binary for ${platform}-${process.arch}; build it with "npm run build:native" in the package's folder`;
  }
  const text = real instanceof Error ? real.message : String(real);
  const hint = /GLIBC|GLIBCXX|musl|not found/.test(text) ? ', made for another C library' : '';
  return `the addon could not be loaded${hint} (${text}); build it here with "npm run build:native" in the package's folder`;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

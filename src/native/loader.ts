import { createRequire } from 'node:module';
import path from 'node:path';
import { LoadError } from '../errors/index.js';
import type { Addon } from './addon.js';
import { explainLoadFailure, thisRuntime } from './load-failure.js';

const require = createRequire(import.meta.url);

/** Loads the addon, which Node itself keeps after the first time. */
export function loadAddon(): Addon {
  const errors: unknown[] = [];
  if (canTry()) {
    for (const candidate of candidates()) {
      try {
        return require(candidate()) as Addon;
      } catch (error) {
        errors.push(error);
      }
    }
  }
  throw new LoadError(explainLoadFailure(errors, thisRuntime(likelyFolder())), errors);
}

/** Bun 1.4 has no threads for addons, and ends the whole process when one asks for them. */
function canTry(): boolean {
  const inBun = process.versions['bun'] !== undefined && !process.env['LVS_ADDON_PATH'];
  return process.platform === 'linux' && !inBun;
}

/** Where the addon may lie: a build of one's own comes before the one of the package. */
function candidates(): (() => string)[] {
  const named = process.env['LVS_ADDON_PATH'];
  if (named !== undefined && named !== '') return [() => path.resolve(named)];
  const prebuilt = `prebuilds/linux-${process.arch}`;
  const folders = ['build/Release', prebuilt, `${prebuilt}-musl`];
  return folders.map((folder) => () => path.join(packageFolder(), folder, 'lvs.node'));
}

/** The package finds itself by its name: its modules may have been bundled, into whatever file. */
function packageFolder(): string {
  return path.dirname(require.resolve('lvs/package.json'));
}

function likelyFolder(): string {
  try {
    return packageFolder();
  } catch {
    return 'node_modules/lvs';
  }
}

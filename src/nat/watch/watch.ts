import { Watch } from '../../watch/index.js';
import type { NatCore } from '../core.js';
import type { Rules } from '../rules.js';
import { LegacyChanges } from './legacy-source.js';
import { NftChanges } from './nft-source.js';
import { checkWatch } from './options.js';
import type { NatChange, NatWatchOptions } from './types.js';

/** Prepares to watch; reading begins it. */
export function watch(core: NatCore, rules: Rules, options: NatWatchOptions): Watch<NatChange> {
  const checked = checkWatch(options);
  const { signal, timeout } = options;
  const calls = timeout === undefined ? {} : { timeout };
  const Changes = core.settings.backend === 'legacy' ? LegacyChanges : NftChanges;
  return new Watch(new Changes(core, rules, checked, calls), signal);
}

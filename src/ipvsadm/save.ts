import type { Ipvs } from '../ipvs/index.js';
import type { CallOptions } from '../options/index.js';
import { readSettled } from '../state/index.js';
import type { FormatOptions } from './format-rules.js';
import { formatRules } from './format-rules.js';

/** How rules are saved. */
export interface SaveOptions extends CallOptions, FormatOptions {}

/** Writes rules; see `Ipvs.save`. */
export async function save(ipvs: Ipvs, options: SaveOptions = {}): Promise<string> {
  const { thresholds, ...calling } = options;
  return formatRules(await readSettled(ipvs, calling), { thresholds });
}

import type { Family } from '../../address/index.js';
import { checkCallOptions, checkChoice, checkInteger, checkObject } from '../../options/index.js';
import { families } from '../../xtables/rule-tables.js';
import type { NatWatchOptions } from './types.js';

/** How to watch, checked. */
export interface CheckedWatch {
  readonly families: readonly Family[];
  readonly interval: number;
  readonly bufferSize: number;
}

const keys: readonly (keyof NatWatchOptions)[] = [
  'family',
  'interval',
  'bufferSize',
  'timeout',
  'signal',
];
const defaultInterval = 1000;
const defaultBufferSize = 4 << 20;

export function checkWatch(options: NatWatchOptions): CheckedWatch {
  checkObject('options', options, keys);
  checkCallOptions(options);
  const { family, interval = defaultInterval, bufferSize = defaultBufferSize } = options;
  return {
    families: family === undefined ? families : [checkChoice('family', family, families)],
    interval: checkInteger('interval', interval, 10, 3_600_000),
    bufferSize: checkInteger('bufferSize', bufferSize, 4096, 1 << 30),
  };
}

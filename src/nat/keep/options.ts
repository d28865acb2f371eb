import type { Family } from '../../address/index.js';
import type { CallOptions } from '../../options/index.js';
import { checkInteger, checkObject } from '../../options/index.js';
import type { CheckedWatch } from '../watch/options.js';
import { checkWatch } from '../watch/options.js';
import type { KeepOptions } from './types.js';

/** How to keep a rule, checked. */
export interface CheckedKeep {
  readonly attempts: number;
  readonly period: number;
  readonly watch: CheckedWatch;
  /** What each call to the kernel takes. */
  readonly calls: CallOptions;
}

const keys: readonly (keyof KeepOptions)[] = [
  'attempts',
  'period',
  'interval',
  'bufferSize',
  'timeout',
  'signal',
];
const defaultAttempts = 5;
const defaultPeriod = 60_000;

export function checkKeep(options: KeepOptions, family: Family): CheckedKeep {
  checkObject('options', options, keys);
  const { attempts = defaultAttempts, period = defaultPeriod, ...watching } = options;
  const { timeout } = watching;
  return {
    attempts: checkInteger('attempts', attempts, 1, 1000),
    period: checkInteger('period', period, 1000, 86_400_000),
    watch: checkWatch({ ...watching, family }),
    calls: timeout === undefined ? {} : { timeout },
  };
}

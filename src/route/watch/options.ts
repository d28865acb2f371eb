import { invalidValue } from '../../errors/index.js';
import { checkBoolean, checkCallOptions, checkInteger, checkObject } from '../../options/index.js';
import type { WatchOptions } from './types.js';

const kinds = ['addresses', 'links', 'routes', 'rules', 'neighbours'] as const;
type Kind = (typeof kinds)[number];
const others = ['initial', 'bufferSize', 'timeout', 'signal'] as const;

const defaultBufferSize = 4 << 20;
const leastBufferSize = 4096;
const mostBufferSize = 1 << 30;

/** What to watch: the filters of the kinds that were asked for. */
export interface CheckedWatch {
  readonly filters: ReadonlyMap<Kind, unknown>;
  readonly initial: boolean;
  readonly bufferSize: number;
}

/** Throws on what cannot be watched by. What filters say is checked by those who know their kinds. */
export function checkWatch(value: WatchOptions): CheckedWatch {
  const given = checkObject('options', value, [...kinds, ...others]);
  checkCallOptions(value);
  const filters = new Map<Kind, unknown>();
  for (const kind of kinds) {
    const filter = given[kind];
    if (filter === undefined || filter === false) continue;
    filters.set(kind, filter === true ? {} : filter);
  }
  if (filters.size === 0) {
    throw invalidValue('options', `something to watch (${kinds.join(', ')})`, value);
  }
  const { initial = false, bufferSize = defaultBufferSize } = given;
  return {
    filters,
    initial: checkBoolean('initial', initial),
    bufferSize: checkInteger('bufferSize', bufferSize, leastBufferSize, mostBufferSize),
  };
}

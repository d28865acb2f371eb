import { Watch } from '../../watch/index.js';
import type { Line } from '../line.js';
import { checkWatch } from './options.js';
import { RouteEventSource } from './source.js';
import type { WatchEvent, WatchOptions } from './types.js';

/** Prepares to watch; reading begins it. */
export function watch(line: Line, options: WatchOptions): Watch<WatchEvent> {
  const checked = checkWatch(options);
  const { signal, timeout } = options;
  const calls = timeout === undefined ? {} : { timeout };
  return new Watch(new RouteEventSource(line, checked, calls), signal);
}

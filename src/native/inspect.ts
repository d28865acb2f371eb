import type { InspectOptionsStylized } from 'node:util';
import { inspect } from 'node:util';
import type { HandleTrace } from './trace.js';

/** What is printed of a handle's line to its thread. */
interface Line {
  readonly handle: HandleTrace;
  readonly closed: boolean;
  readonly inFlight: number;
}

/**
 * What `util.inspect` shows of a handle: `Ipvs { id: 1, netns: 'vm1', open: true, inFlight: 0 }`.
 *
 * @param depth - How deep it may still look, as `inspect` passes it on.
 * @param details - What else there is to say of this kind of handle.
 */
export function inspectHandle(
  name: string,
  { handle, closed, inFlight }: Line,
  depth: number,
  options: InspectOptionsStylized,
  details: Readonly<Record<string, unknown>> = {},
): string {
  if (depth < 0) return options.stylize(`[${name}]`, 'special');
  const { kind: _, ...place } = handle;
  const shown = { ...place, ...details, open: !closed, inFlight };
  return `${name} ${inspect(shown, { ...options, breakLength: Number.POSITIVE_INFINITY })}`;
}

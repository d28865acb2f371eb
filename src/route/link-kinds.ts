import type { LinkKind } from './link-types.js';
import type { Setting } from './setting.js';
import { integer, seconds, toggle } from './setting.js';

/** What sets a kind of device apart from others. */
export interface KindDescription {
  /** Its record in the addon's tables. */
  readonly table: string;
  readonly settings: Readonly<Record<string, Setting>>;
  readonly required: readonly string[];
}

function plain(): KindDescription {
  return { table: 'plain', settings: {}, required: [] };
}

/** Every kind that can be made. The peer of a veth pair is written by `link-record.ts` itself. */
export const linkKinds: Readonly<Record<LinkKind, KindDescription>> = {
  dummy: plain(),
  veth: { table: 'veth', settings: {}, required: ['peer'] },
  bridge: {
    table: 'bridge',
    settings: {
      spanningTree: toggle(),
      forwardDelay: seconds(2, 30),
      ageingTime: seconds(0, 10_000_000),
      priority: integer(0, 65535),
      vlanFiltering: toggle(),
      multicastSnooping: toggle(),
    },
    required: [],
  },
};

export const kindNames = Object.keys(linkKinds) as LinkKind[];

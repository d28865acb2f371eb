import type { Family } from '../address/index.js';
import type { LinkKind } from './link-types.js';
import type { Setting } from './setting.js';
import { addressOf, bit, choice, deviceName, integer, seconds, toggle } from './setting.js';

/** What sets a kind of device apart from others. */
export interface KindDescription {
  /** Its record in the addon's tables. */
  readonly table: string;
  readonly settings: Readonly<Record<string, Setting>>;
  readonly required: readonly string[];
  /** What `ip` sends where nothing is said, unlike the kernel's own default. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** It sits on another device, which every device tells in the same place. */
  readonly hasLower?: boolean;
}

const milliseconds = integer(0, 2 ** 31 - 1);
const port = integer(0, 65535);

/** A checksum of UDP is asked for by a bit that depends on the family that carries it. */
const checksumBits = { ipv4: 'checksum', ipv6: 'checksum6' } as const;

function tunnel(
  family: Family,
  table: string,
  more: Record<string, Setting>,
  defaults: Record<string, unknown> = {},
): KindDescription {
  return {
    table,
    settings: {
      local: addressOf(family),
      remote: addressOf(family),
      lower: deviceName(),
      ttl: integer(0, 255),
      encapsulation: choice(['none', 'fou', 'gue']),
      encapsulationPort: port,
      encapsulationSourcePort: port,
      encapsulationChecksum: bit('encapsulationFlags', checksumBits[family]),
      encapsulationRemoteChecksum: bit('encapsulationFlags', 'remoteChecksum'),
      ...more,
    },
    required: [],
    defaults,
  };
}

/** The outer header of IPv4 tunnels. */
const outer = { tos: integer(0, 255), pathMtuDiscovery: toggle() };
const carries = { carries: choice(['any', 'ipv4', 'ipv6']) };

/** Every kind that can be made. The peer of a veth pair is written by `link-kind-record.ts`. */
export const linkKinds: Readonly<Record<LinkKind, KindDescription>> = {
  dummy: { table: 'plain', settings: {}, required: [] },
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
  vlan: {
    table: 'vlan',
    settings: { id: integer(0, 4094), protocol: choice(['802.1Q', '802.1ad']) },
    required: ['lower', 'id'],
    hasLower: true,
  },
  macvlan: {
    table: 'macvlan',
    settings: { mode: choice(['private', 'vepa', 'bridge', 'passthru', 'source']) },
    required: ['lower'],
    hasLower: true,
  },
  bond: {
    table: 'bond',
    settings: {
      mode: choice([
        'balance-rr',
        'active-backup',
        'balance-xor',
        'broadcast',
        '802.3ad',
        'balance-tlb',
        'balance-alb',
      ]),
      monitorInterval: milliseconds,
      upDelay: milliseconds,
      downDelay: milliseconds,
      transmitHash: choice(['layer2', 'layer3+4', 'layer2+3', 'encap2+3', 'encap3+4']),
      minimumLinks: integer(0, 2 ** 31 - 1),
      lacpRate: choice(['slow', 'fast']),
    },
    required: [],
  },
  ipip: tunnel('ipv4', 'ipip', { ...outer, ...carries }, { carries: 'any' }),
  sit: tunnel('ipv4', 'sit', { ...outer, ...carries }, { ttl: 0, carries: 'any' }),
  ip6tnl: tunnel(
    'ipv6',
    'ip6tnl',
    { ...carries, encapsulationLimit: integer(0, 255) },
    { ttl: 64, carries: 'any', encapsulationLimit: 4, encapsulationChecksum: true },
  ),
  gre: tunnel('ipv4', 'gre', outer),
};

export const kindNames = Object.keys(linkKinds) as LinkKind[];

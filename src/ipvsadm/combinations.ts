import { invalidValue } from '../errors/index.js';
import type { OptionName } from './options.js';
import type { Given } from './words.js';

const services = ['tcp-service', 'udp-service', 'sctp-service', 'fwmark-service'] as const;
const forwardings = ['gatewaying', 'ipip', 'masquerading'] as const;
const checksums = ['tun-nocsum', 'tun-csum', 'tun-remcsum'] as const;
const tunnels = ['tun-type', 'tun-port', ...checksums] as const;

const serviceSettings = ['scheduler', 'sched-flags', 'ops', 'persistent', 'netmask', 'pe'] as const;
const destSettings = [...forwardings, 'weight', 'u-threshold', 'l-threshold', ...tunnels] as const;
const daemonSettings = [
  'mcast-interface',
  'mcast-group',
  'mcast-port',
  'mcast-ttl',
  'sync-maxlen',
  'syncid',
] as const;
const listSettings = [
  'numeric',
  'connection',
  'timeout',
  'daemon',
  'stats',
  'rate',
  'thresholds',
  'persistent-conn',
  'tun-info',
  'nosort',
  'exact',
  'syncid',
] as const;

/** What a command takes; `--ipv6` and `--sort` go with every one. */
interface Command {
  readonly needs: readonly ('service' | 'real-server')[];
  readonly takes: readonly OptionName[];
}

const commands = {
  'add-service': { needs: ['service'], takes: [...services, ...serviceSettings] },
  'edit-service': { needs: ['service'], takes: [...services, ...serviceSettings] },
  'delete-service': { needs: ['service'], takes: services },
  'add-server': {
    needs: ['service', 'real-server'],
    takes: [...services, 'real-server', ...destSettings],
  },
  'edit-server': {
    needs: ['service', 'real-server'],
    takes: [...services, 'real-server', ...destSettings],
  },
  'delete-server': { needs: ['service', 'real-server'], takes: [...services, 'real-server'] },
  clear: { needs: [], takes: [] },
  restore: { needs: [], takes: [] },
  save: { needs: [], takes: ['numeric'] },
  list: { needs: [], takes: [...services, ...listSettings] },
  zero: { needs: [], takes: services },
  set: { needs: [], takes: [] },
  'start-daemon': { needs: [], takes: daemonSettings },
  'stop-daemon': { needs: [], takes: ['syncid'] },
} as const satisfies { readonly [name in OptionName]?: Command };

/** A command by its long name. */
export type CommandName = keyof typeof commands;

/** Options of which one command line has at most one. */
const exclusive: readonly (readonly OptionName[])[] = [services, forwardings, checksums];
const exclusiveInLists: readonly (readonly OptionName[])[] = [
  [...services, 'connection', 'timeout', 'daemon'],
];

/** What ipvsadm does not print together. */
const conflictsInLists: readonly (readonly [readonly OptionName[], readonly OptionName[]])[] = [
  [
    ['connection', 'timeout', 'daemon'],
    ['stats', 'rate', 'thresholds'],
  ],
  [['timeout', 'daemon'], ['persistent-conn']],
];

export function isCommandName(name: OptionName): name is CommandName {
  return Object.hasOwn(commands, name);
}

/** Throws where ipvsadm refuses the options, by themselves or beside one another. */
export function checkCombination(name: CommandName, command: Given, given: readonly Given[]): void {
  const { needs, takes }: Command = commands[name];
  const allowed: readonly OptionName[] = [...takes, 'ipv6', 'sort'];
  for (const option of given) {
    if (!allowed.includes(option.name)) throw misplaced(option, `absent beside ${command.written}`);
  }
  checkRepeats(given);
  for (const group of name === 'list' ? [...exclusive, ...exclusiveInLists] : exclusive) {
    const [first, second] = given.filter((option) => group.includes(option.name));
    if (second !== undefined) throw misplaced(second, `absent beside ${first?.written}`);
  }
  if (name === 'list') checkListConflicts(given);
  for (const need of needs) {
    const wanted: readonly OptionName[] = need === 'service' ? services : [need];
    if (!given.some((option) => wanted.includes(option.name))) {
      const label = need === 'service' ? '-t, -u, --sctp-service or -f' : '-r';
      throw invalidValue(label, `given with ${command.written}`, undefined);
    }
  }
}

function checkRepeats(given: readonly Given[]): void {
  const seen = new Set<OptionName>(['ipv6', 'sort']);
  const repeatable = new Set(seen);
  for (const option of given) {
    if (seen.has(option.name) && !repeatable.has(option.name)) {
      throw misplaced(option, 'given once');
    }
    seen.add(option.name);
  }
}

function checkListConflicts(given: readonly Given[]): void {
  for (const [some, others] of conflictsInLists) {
    const first = given.find((option) => some.includes(option.name));
    const second = given.find((option) => others.includes(option.name));
    if (first && second) throw misplaced(second, `absent beside ${first.written}`);
  }
}

/** Throws where ipvsadm refuses the options of a tunnel. */
export function checkTunnelOptions(
  given: readonly Given[],
  type: string,
  tunnelled: boolean,
): void {
  const find = (...names: readonly OptionName[]): Given | undefined =>
    given.find((option) => names.includes(option.name));
  const stray = tunnelled ? undefined : find(...tunnels);
  if (stray !== undefined) throw misplaced(stray, 'absent without -i');
  const foreign = {
    ipip: find('tun-port', ...checksums),
    gue: undefined,
    gre: find('tun-port', 'tun-remcsum'),
  }[type];
  if (foreign !== undefined) throw misplaced(foreign, `absent from ${type} tunnels`);
  if (type === 'gue' && find('tun-port') === undefined) {
    throw invalidValue('--tun-port', 'given with --tun-type gue', undefined);
  }
}

function misplaced(option: Given, expected: string): TypeError {
  return invalidValue(option.written, expected, option.value ?? option.written);
}

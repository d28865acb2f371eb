/** The options of ipvsadm 1.31: short name, and whether a value follows. */
export const options = {
  'add-service': ['A', 'none'],
  'edit-service': ['E', 'none'],
  'delete-service': ['D', 'none'],
  clear: ['C', 'none'],
  restore: ['R', 'none'],
  save: ['S', 'none'],
  'add-server': ['a', 'none'],
  'edit-server': ['e', 'none'],
  'delete-server': ['d', 'none'],
  list: ['L', 'none'],
  zero: ['Z', 'none'],
  set: ['', 'none'],
  'start-daemon': ['', 'required'],
  'stop-daemon': ['', 'required'],
  help: ['h', 'none'],
  version: ['v', 'none'],
  'tcp-service': ['t', 'required'],
  'udp-service': ['u', 'required'],
  'sctp-service': ['', 'required'],
  'fwmark-service': ['f', 'required'],
  ipv6: ['6', 'none'],
  scheduler: ['s', 'required'],
  'sched-flags': ['b', 'required'],
  ops: ['o', 'none'],
  persistent: ['p', 'optional'],
  netmask: ['M', 'required'],
  pe: ['', 'required'],
  'real-server': ['r', 'required'],
  gatewaying: ['g', 'none'],
  ipip: ['i', 'none'],
  masquerading: ['m', 'none'],
  'tun-type': ['', 'required'],
  'tun-port': ['', 'required'],
  'tun-nocsum': ['', 'none'],
  'tun-csum': ['', 'none'],
  'tun-remcsum': ['', 'none'],
  weight: ['w', 'required'],
  'u-threshold': ['x', 'required'],
  'l-threshold': ['y', 'required'],
  'mcast-interface': ['', 'required'],
  'mcast-group': ['', 'required'],
  'mcast-port': ['', 'required'],
  'mcast-ttl': ['', 'required'],
  'sync-maxlen': ['', 'required'],
  syncid: ['', 'required'],
  numeric: ['n', 'none'],
  connection: ['c', 'none'],
  timeout: ['', 'none'],
  daemon: ['', 'none'],
  stats: ['', 'none'],
  rate: ['', 'none'],
  thresholds: ['', 'none'],
  'persistent-conn': ['', 'none'],
  'tun-info': ['', 'none'],
  sort: ['', 'none'],
  nosort: ['', 'none'],
  exact: ['X', 'none'],
} as const satisfies Record<
  string,
  readonly [short: string, value: 'none' | 'required' | 'optional']
>;

/** An option by its long name. */
export type OptionName = keyof typeof options;

/** `-l` is the one option with two short names. */
export const shortNames: ReadonlyMap<string, OptionName> = new Map([
  ...names().map((name) => [options[name][0], name] as const),
  ['l', 'list'],
]);

export function isOptionName(text: string): text is OptionName {
  return Object.hasOwn(options, text);
}

function names(): OptionName[] {
  return Object.keys(options).filter(isOptionName);
}

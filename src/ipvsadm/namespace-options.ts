import { checkAddress } from '../address/index.js';
import { invalidValue } from '../errors/index.js';
import type { SyncDaemonConfig, SyncState, Timeouts } from '../ipvs/index.js';
import { defaultDevice, longestTimeout } from './defaults.js';
import type { OptionName } from './options.js';
import { choiceOf, decimal, numberOf, textOf } from './values.js';
import type { Given } from './words.js';

const states: readonly SyncState[] = ['master', 'backup'];
const longestDevice = 15;
const largestMessage = 65507;

/** The three values of `--set`; 0 keeps what is. */
export function timeoutsOf(command: Given, words: readonly string[]): Partial<Timeouts> {
  if (words.length !== 3) throw invalidValue(command.written, 'followed by 3 timeouts', words);
  const values = words.map((word) => decimal(command.written, word, 0, longestTimeout));
  const [tcp = 0, tcpFin = 0, udp = 0] = values;
  const timeouts = { ...(tcp && { tcp }), ...(tcpFin && { tcpFin }), ...(udp && { udp }) };
  if (Object.keys(timeouts).length === 0) {
    throw invalidValue(command.written, 'followed by at least one timeout other than 0', words);
  }
  return timeouts;
}

/** Which daemon `--start-daemon` or `--stop-daemon` is about. */
export function stateOf(command: Given): SyncState {
  return choiceOf(command, states);
}

/** The daemon that `--start-daemon` starts. */
export function daemonOf(command: Given, given: readonly Given[]): SyncDaemonConfig {
  const find = (name: OptionName): Given | undefined =>
    given.find((option) => option.name === name);
  const number = (name: OptionName, least: number, most: number): number | undefined => {
    const option = find(name);
    return option && numberOf(option, least, most);
  };
  const [device, group] = [find('mcast-interface'), find('mcast-group')];
  const [length, port, ttl] = [
    number('sync-maxlen', 1, largestMessage),
    number('mcast-port', 1, 65535),
    number('mcast-ttl', 1, 255),
  ];
  return {
    state: stateOf(command),
    device: device ? textOf(device, longestDevice) : defaultDevice,
    syncId: number('syncid', 0, 255) ?? 0,
    ...(length !== undefined && { maximumLength: length }),
    ...(group && { group: groupOf(group) }),
    ...(port !== undefined && { port }),
    ...(ttl !== undefined && { ttl }),
  };
}

function groupOf(option: Given): string {
  const { text, family } = checkAddress(option.written, option.value);
  const multicast = family === 'ipv4' ? /^2(2[4-9]|3\d)\./ : /^ff..:/;
  if (!multicast.test(text)) {
    throw invalidValue(option.written, 'a multicast address', option.value);
  }
  return text;
}

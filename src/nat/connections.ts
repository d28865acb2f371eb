import { invalidValue } from '../errors/index.js';
import type { Arena } from '../native/index.js';
import type { CallOptions } from '../options/index.js';
import { checkInteger, checkObject } from '../options/index.js';
import type { AddressPattern } from '../xtables/address-pattern.js';
import { formatAddressPattern, parseAddressPattern } from '../xtables/address-pattern.js';
import { writeProtocolNumber } from '../xtables/write-rule.js';
import type { NatCore } from './core.js';
import { protocolText, requireProtocol, withPorts } from './redirect.js';
import type { NatTables } from './tables.js';
import type { ConnectionPattern } from './types.js';

/** A pattern that was checked. */
interface CheckedPattern {
  readonly destination: AddressPattern;
  readonly protocol: string | undefined;
  readonly port: number | undefined;
}

const keys: readonly (keyof ConnectionPattern)[] = ['destination', 'protocol', 'port'];
const highestPort = 65_535;

/** Removes tracked connections; returns how many. */
export async function dropConnections(
  core: NatCore,
  pattern: ConnectionPattern,
  options: CallOptions = {},
): Promise<number> {
  const checked = checkPattern(pattern);
  const { rows } = await core.ask(
    'dropConnections',
    { operation: 'drop connections', object: describe(checked) },
    (arena) => writePattern(core.tables, arena, checked),
    options,
    (results, at) => core.tables.count.read(results, at),
  );
  return rows[0] ?? 0;
}

function checkPattern(pattern: ConnectionPattern): CheckedPattern {
  checkObject('pattern', pattern, keys);
  const destination = parseAddressPattern('destination', pattern.destination);
  if (destination.not) throw notInverted('destination', pattern.destination);
  const protocol = pattern.protocol === undefined ? undefined : protocolText(pattern.protocol);
  if (protocol?.startsWith('!') === true) throw notInverted('protocol', pattern.protocol);
  const { port } = pattern;
  if (port !== undefined) {
    checkInteger('port', port, 1, highestPort);
    requireProtocol('port', port, withPorts, protocol);
  }
  return { destination, protocol, port };
}

function notInverted(name: string, value: unknown): TypeError {
  return invalidValue(name, 'given without a !', value);
}

function writePattern(
  { connections }: NatTables,
  arena: Arena,
  { destination, protocol, port }: CheckedPattern,
): void {
  const at = arena.record(connections.table);
  connections.destination.write(arena, at, destination.address);
  connections.mask.write(arena, at, destination.mask);
  if (protocol !== undefined) writeProtocolNumber(connections.protocol, arena, at, protocol);
  if (port !== undefined) connections.port.write(arena, at, port);
}

/** `to 10.0.0.1 tcp port 80` */
function describe({ destination, protocol, port }: CheckedPattern): string {
  const parts = ['to', formatAddressPattern(destination), protocol, port && `port ${port}`];
  return parts.filter((part) => part !== undefined).join(' ');
}

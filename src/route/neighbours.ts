import type { Family } from '../address/index.js';
import { checkAddress } from '../address/index.js';
import type { CallOptions } from '../options/index.js';
import { checkChoice, checkObject } from '../options/index.js';
import { checkDevice } from './device.js';
import { optionalFamily } from './families.js';
import { checkMacAddress } from './hardware-address.js';
import type { Line } from './line.js';
import type { ResolvedNeighbour } from './neighbour-record.js';
import { neighbourStates } from './neighbour-record.js';
import type { Neighbour, NeighbourFilter } from './neighbour-types.js';
import type { Subject } from './subject.js';

const configNames = ['device', 'address', 'macAddress', 'state', 'family', 'router'] as const;
const fieldNames = { hardwareAddress: 'macAddress' };

export async function addNeighbour(
  line: Line,
  config: unknown,
  twin: 'refused' | 'replaced',
  options: CallOptions,
): Promise<void> {
  const key = resolveKey(config);
  const given = checkObject('neighbour', config, configNames);
  const neighbour = {
    ...key,
    macAddress: checkMacAddress('macAddress', given.macAddress),
    state: checkChoice('state', given.state ?? 'permanent', neighbourStates),
  };
  const [operation, words] =
    twin === 'refused' ? ['addNeighbour', 'add neighbour'] : ['putNeighbour', 'replace neighbour'];
  await line.act(
    {
      operation,
      write: (arena) => line.bound.neighbour.write(arena, neighbour),
      subject: subjectOf(words, key, ({ code }) =>
        code === 'EEXIST'
          ? { cause: 'it is there already', cure: 'use replaceNeighbour' }
          : undefined,
      ),
      isDone: async () => (await find(line, key)) !== undefined,
    },
    options,
  );
}

export async function removeNeighbour(
  line: Line,
  value: unknown,
  options: CallOptions,
): Promise<void> {
  const key = resolveKey(value);
  await line.act(
    {
      operation: 'removeNeighbour',
      write: (arena) => line.bound.neighbour.write(arena, key),
      subject: subjectOf('remove neighbour', key, ({ code }) =>
        code === 'ENOENT' ? { cause: `${key.device} has no such neighbour` } : undefined,
      ),
      isDone: async () => (await find(line, key)) === undefined,
    },
    options,
  );
}

export async function listNeighbours(
  line: Line,
  filter: NeighbourFilter,
  options: CallOptions,
): Promise<Neighbour[]> {
  const { device, family, matches } = resolveNeighbourFilter(filter);
  const rows = await line.list(
    {
      operation: 'listNeighbours',
      write: (arena) => line.bound.neighbour.writeFilter(arena, family, device),
      read: () => (results, at) => line.bound.neighbour.read(results, at),
    },
    { operation: 'list neighbours', names: { ofDevice: device }, fields: { ofDevice: 'device' } },
    options,
  );
  return rows.filter(matches);
}

interface ResolvedFilter {
  readonly device: string | undefined;
  readonly family: Family | undefined;
  readonly matches: (neighbour: Neighbour) => boolean;
}

/** Checks which neighbours are wanted. */
export function resolveNeighbourFilter(value: unknown): ResolvedFilter {
  const given = checkObject('filter', value, ['device', 'family', 'address', 'state']);
  const { address, state } = given;
  const device = given.device === undefined ? undefined : checkDevice('device', given.device);
  const family = optionalFamily(given.family);
  const wanted = {
    address: address === undefined ? undefined : checkAddress('address', address).text,
    state: state === undefined ? undefined : checkChoice('state', state, neighbourStates),
  };
  return {
    device,
    family,
    matches: (row) =>
      (device === undefined || row.device === device) &&
      (family === undefined || row.family === family) &&
      (wanted.address === undefined || row.address === wanted.address) &&
      (wanted.state === undefined || row.state === wanted.state),
  };
}

async function find(line: Line, key: ResolvedNeighbour): Promise<Neighbour | undefined> {
  const { device, family, address } = key;
  const rows = await listNeighbours(line, { device, family, address }, {});
  return rows.find((row) => row.state !== 'failed');
}

function resolveKey(value: unknown): ResolvedNeighbour {
  const given = checkObject('neighbour', value, configNames);
  const { family, text } = checkAddress('address', given.address);
  return { device: checkDevice('device', given.device), family, address: text };
}

function subjectOf(
  operation: string,
  { device, address }: ResolvedNeighbour,
  explain: NonNullable<Subject['explain']>,
): Subject {
  const names = { device };
  return { operation, object: `${address} on ${device}`, names, fields: fieldNames, explain };
}

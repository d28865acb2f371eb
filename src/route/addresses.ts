import { invalidValue, KernelError } from '../errors/index.js';
import type { CallOptions } from '../options/index.js';
import { checkInteger, checkObject, checkText } from '../options/index.js';
import type { ResolvedKey } from './address-config.js';
import { resolveKey } from './address-config.js';
import type { AddressFilter, InterfaceAddress } from './address-types.js';
import { checkDevice } from './device.js';
import { optionalFamily } from './families.js';
import { labelMatcher } from './label.js';
import type { Line } from './line.js';
import { checkPrefix, edgeOf, formatPrefix } from './prefix.js';
import { checkScope } from './scope.js';
import type { Explanation, Subject } from './subject.js';

const filterNames = ['device', 'family', 'address', 'label', 'scope', 'protocol'] as const;
const fieldNames = { local: 'address', prefixLength: 'address' };

/** Removes an address and returns those that the kernel removed along with it. */
export async function removeAddress(
  line: Line,
  key: unknown,
  options: CallOptions,
): Promise<InterfaceAddress[]> {
  const address = resolveKey(key);
  // Only in IPv4 do addresses depend on others, and on a /32 none can.
  if (address.family === 'ipv6' || address.prefixLength === 32) {
    await remove(line, address, options);
    return [];
  }
  const before = await secondariesOf(line, address, options);
  await remove(line, address, options);
  if (before.length === 0) return [];
  const after = await listShared(line, address.device, options);
  const left = new Set(after.map((other) => resolveKey(other).name));
  return before.filter((other) => !left.has(resolveKey(other).name));
}

/** Removes all addresses that a filter names, and returns them. */
export async function flushAddresses(
  line: Line,
  filter: AddressFilter,
  options: CallOptions,
): Promise<InterfaceAddress[]> {
  const all = await listAddresses(line, filter, options);
  if (Object.values(filter).every((value) => value === undefined)) {
    throw invalidValue('filter', 'one that names something: it would remove every address', filter);
  }
  // Secondaries are listed after their primary, which would take them along.
  const gone = await Promise.allSettled(
    [...all].reverse().map((address) => remove(line, resolveKey(address), options)),
  );
  for (const result of gone) {
    if (result.status === 'rejected' && !isAbsence(result.reason)) throw result.reason;
  }
  return all;
}

function isAbsence(error: unknown): boolean {
  return error instanceof KernelError && error.code === 'EADDRNOTAVAIL';
}

/** The other addresses of a primary's network, which depend on it. */
async function secondariesOf(
  line: Line,
  key: ResolvedKey,
  options: CallOptions,
): Promise<InterfaceAddress[]> {
  const all = await listShared(line, key.device, options);
  const network = networkOf(key);
  const own = all.find((address) => resolveKey(address).name === key.name);
  if (own === undefined || own.secondary === true) return [];
  return all.filter(
    (address) => address.secondary === true && networkOf(resolveKey(address)) === network,
  );
}

function networkOf({ family, remote: address, prefixLength: length }: ResolvedKey): string {
  return `${edgeOf({ family, address, length, explicit: true }, 'first')}/${length}`;
}

/** The IPv4 addresses of a device, asked for once by all who want to know in the same tick. */
function listShared(line: Line, device: string, options: CallOptions): Promise<InterfaceAddress[]> {
  const { timeout } = options;
  return line.share(`addresses of ${device}`, () =>
    listAddresses(line, { device, family: 'ipv4' }, timeout === undefined ? {} : { timeout }),
  );
}

async function remove(line: Line, address: ResolvedKey, options: CallOptions): Promise<void> {
  await line.act(
    {
      operation: 'removeAddress',
      write: (arena) => line.bound.address.writeKey(arena, address),
      subject: subjectOf('remove address', address, ({ code }) =>
        code === 'EADDRNOTAVAIL' ? absent(line, address) : undefined,
      ),
      isDone: async () => (await findAddress(line, address, {})) === undefined,
    },
    options,
  );
}

export async function listAddresses(
  line: Line,
  filter: AddressFilter,
  options: CallOptions,
): Promise<InterfaceAddress[]> {
  const { device, family, matches } = resolveAddressFilter(filter);
  const { address } = line.bound;
  return await line.list(
    {
      operation: 'listAddresses',
      write: (arena) => address.writeFilter(arena, family, device),
      read: () => (rows, at) => {
        const row = address.read(rows, at);
        return row !== undefined && matches(row) ? row : undefined;
      },
    },
    { operation: 'list addresses', names: { device } },
    options,
  );
}

/** The address of exactly this key (its label aside), if the device has it. */
export async function findAddress(
  line: Line,
  key: ResolvedKey,
  options: CallOptions,
): Promise<InterfaceAddress | undefined> {
  const { device, family } = key;
  const all = await listAddresses(line, { device, family }, options);
  return all.find((address) => resolveKey(address).name === key.name);
}

export function subjectOf(
  operation: string,
  key: ResolvedKey,
  explain?: Subject['explain'],
): Subject {
  return {
    operation,
    object: `${key.name} on ${key.device}`,
    names: { device: key.device },
    fields: fieldNames,
    ...(explain !== undefined && { explain }),
  };
}

async function absent(line: Line, key: ResolvedKey): Promise<Explanation> {
  const all = await listAddresses(line, { device: key.device, family: key.family }, {});
  const label = key.label === undefined ? '' : ` with label ${key.label}`;
  const same = all.filter((address) => resolveKey(address).local === key.local);
  const names = (same.length > 0 ? same : all).map(
    (address) => resolveKey(address).name + (address.label ? ` (${address.label})` : ''),
  );
  return {
    cause: `${key.device} has no address ${key.name}${label}`,
    cure: names.length === 0 ? 'it has none at all' : `it has ${names.join(', ')}`,
  };
}

interface ResolvedFilter {
  readonly device: string | undefined;
  readonly family: InterfaceAddress['family'] | undefined;
  readonly matches: (address: InterfaceAddress) => boolean;
}

/** Checks which addresses are wanted. */
export function resolveAddressFilter(value: unknown): ResolvedFilter {
  const { device, family, address, label, scope, protocol } = checkObject(
    'filter',
    value,
    filterNames,
  );
  const wanted = {
    device: device === undefined ? undefined : checkDevice('device', device),
    family: optionalFamily(family),
  };
  const tests: ((address: InterfaceAddress) => boolean)[] = [
    (row) => wanted.device === undefined || row.device === wanted.device,
    (row) => wanted.family === undefined || row.family === wanted.family,
  ];
  if (address !== undefined) tests.push(addressTest(address));
  if (label !== undefined) {
    const matches = labelMatcher(checkText('label', label, 255));
    tests.push((row) => matches(row.label));
  }
  if (scope !== undefined) {
    const checked = checkScope('scope', scope);
    tests.push((row) => row.scope === checked);
  }
  if (protocol !== undefined) {
    const checked = checkInteger('protocol', protocol, 0, 255);
    tests.push((row) => (row.protocol ?? 0) === checked);
  }
  return { ...wanted, matches: (row) => tests.every((test) => test(row)) };
}

function addressTest(value: unknown): (address: InterfaceAddress) => boolean {
  const wanted = checkPrefix('address', value);
  const whole = formatPrefix(wanted);
  return ({ address }) =>
    wanted.explicit ? address === whole : address.split('/')[0] === wanted.address;
}

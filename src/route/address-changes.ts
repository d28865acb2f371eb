import { constants } from 'node:os';
import { HandleError, invalidValue, KernelError } from '../errors/index.js';
import type { CallOptions } from '../options/index.js';
import { checkObject } from '../options/index.js';
import { addAddress } from './address-addition.js';
import type { ResolvedAddress } from './address-config.js';
import { resolveAddress, resolveKey } from './address-config.js';
import type { AddressConfig, Ensured, InterfaceAddress } from './address-types.js';
import { findAddress, removeAddress, subjectOf } from './addresses.js';
import { checkLabel } from './label.js';
import type { Line } from './line.js';

const patchNames = [
  'validLifetime',
  'preferredLifetime',
  'metric',
  'protocol',
  'noPrefixRoute',
  'homeAddress',
  'manageTemporary',
] as const;
/** What the kernel lets change in IPv6 only. */
const ipv6Flags = ['noPrefixRoute', 'homeAddress', 'manageTemporary'] as const;

/** Changes what the kernel lets change in place, and keeps what is not named. */
export async function updateAddress(
  line: Line,
  value: unknown,
  patch: unknown,
  options: CallOptions,
): Promise<void> {
  const key = resolveKey(value);
  const { device, name, family } = key;
  const wanted = checkObject('patch', patch, patchNames);
  for (const flag of ipv6Flags) {
    if (wanted[flag] !== undefined && family === 'ipv4') {
      throw invalidValue(flag, 'absent: in IPv4 it cannot be changed', patch);
    }
  }
  await line.turns.run(`${device} ${name}`, async () => {
    const current = await findAddress(line, key, options);
    if (current !== undefined) return await apply(line, current, merge(current, wanted), options);
    throw new KernelError({
      operation: 'update address',
      object: `${name} on ${device}`,
      errno: -constants.errno.EADDRNOTAVAIL,
      syscall: 'netlink',
      cause: `${device} has no such address`,
      cure: 'add it first, or use ensureAddress',
    });
  });
}

/** Makes sure of an address with the settings that are named; one that is there keeps the others. */
export async function ensureAddress(
  line: Line,
  config: unknown,
  options: CallOptions,
): Promise<Ensured> {
  const address = resolveAddress(config);
  return await line.turns.run(`${address.device} ${address.name}`, async () => {
    const current = await findAddress(line, address, options);
    if (current === undefined) {
      await addAddress(line, config, options);
      return 'created';
    }
    const merged = { ...anyLabel(current), ...definedOf(config as AddressConfig) };
    const wanted = resolveAddress(merged);
    const seen = resolveAddress(anyLabel(current));
    if (sameFixed(wanted, seen) && sameChangeable(wanted, seen)) return 'unchanged';
    await apply(line, current, merged, options);
    return 'updated';
  });
}

/**
 * Gives an address another label. The kernel can't: the address is removed and added again, and so
 * are those that went with it.
 */
export async function relabelAddress(
  line: Line,
  key: unknown,
  label: unknown,
  policy: 'device' | 'any',
  options: CallOptions,
): Promise<void> {
  const address = resolveKey(key);
  const wanted = checkLabel(label, address.device, policy);
  if (address.family === 'ipv6') {
    throw invalidValue('address', 'an IPv4 address: the kernel keeps no label of others', key);
  }
  await line.turns.run(`${address.device} ${address.name}`, async () => {
    const current = await findAddress(line, address, options);
    if (current?.label === wanted) return;
    // Nothing to relabel: removing it says so, in the words for that.
    const seen = current ?? { device: address.device, address: address.name };
    await replace(line, seen, { ...seen, label: wanted, labelPolicy: policy }, options);
  });
}

/** No signal ends it half way, when neither address is there. */
async function replace(
  line: Line,
  current: AddressConfig,
  wanted: AddressConfig,
  { timeout }: CallOptions,
): Promise<void> {
  const options = { timeout };
  const along = await removeAddress(line, current, options);
  try {
    await addAddress(line, wanted, options);
  } catch (error) {
    if (!(error instanceof HandleError)) await addAddress(line, anyLabel(current), options);
    throw error;
  } finally {
    for (const address of along) await addAddress(line, anyLabel(address), options);
  }
}

function anyLabel(address: AddressConfig): AddressConfig {
  return { ...address, labelPolicy: 'any' };
}

/** A lifetime that never ends is one that is not named. */
function merge(current: InterfaceAddress, patch: object): AddressConfig {
  const merged = Object.entries({ ...anyLabel(current), ...definedOf(patch) });
  return Object.fromEntries(
    merged.filter(([, value]) => value !== null),
  ) as unknown as AddressConfig;
}

/** Makes an address that is there another one: in place where that can be. */
async function apply(
  line: Line,
  current: InterfaceAddress,
  config: AddressConfig,
  options: CallOptions,
): Promise<void> {
  const wanted = resolveAddress(config);
  const seen = resolveAddress(anyLabel(current));
  if (!sameFixed(wanted, seen)) return await replace(line, current, config, options);
  await change(line, wanted, options);
  if (wanted.family === 'ipv6' || wanted.protocol === seen.protocol) return;
  // Linux 6.1 says yes and leaves the mark of an IPv4 address alone.
  const now = await findAddress(line, wanted, options);
  if (now !== undefined && now.protocol !== wanted.protocol) {
    await replace(line, now, config, options);
  }
}

function definedOf<T extends object>(settings: T): Partial<T> {
  const defined = Object.entries(settings).filter(([, value]) => value !== undefined);
  return Object.fromEntries(defined) as Partial<T>;
}

async function change(line: Line, wanted: ResolvedAddress, options: CallOptions): Promise<void> {
  await line.act(
    {
      operation: 'changeAddress',
      write: (arena) => line.bound.address.write(arena, wanted),
      subject: subjectOf('update address', wanted),
      isDone: async () => {
        const now = await findAddress(line, wanted, {});
        return now !== undefined && sameChangeable(wanted, resolveAddress(anyLabel(now)));
      },
    },
    options,
  );
}

/** What the kernel never changes of an address that is there (net/ipv4/devinet.c). */
function sameFixed(a: ResolvedAddress, b: ResolvedAddress): boolean {
  const sameFlags = a.family === 'ipv6' || a.noPrefixRoute === b.noPrefixRoute;
  return a.label === b.label && a.broadcast === b.broadcast && a.scope === b.scope && sameFlags;
}

/** Lifetimes run down while one looks, so a second more or less is the same. */
function sameChangeable(a: ResolvedAddress, b: ResolvedAddress): boolean {
  const near = (x = Number.POSITIVE_INFINITY, y = Number.POSITIVE_INFINITY): boolean =>
    x === y || Math.abs(x - y) <= 1;
  return (
    (a.metric ?? 0) === (b.metric ?? 0) &&
    (a.protocol ?? 0) === (b.protocol ?? 0) &&
    (a.family === 'ipv4' || ipv6Flags.every((flag) => a[flag] === b[flag])) &&
    near(a.lifetimes?.valid, b.lifetimes?.valid) &&
    near(a.lifetimes?.preferred, b.lifetimes?.preferred)
  );
}

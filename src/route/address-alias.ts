import { invalidValue, outOfRange } from '../errors/index.js';
import type { CallOptions } from '../options/index.js';
import { addAddress } from './address-addition.js';
import { resolveKey } from './address-config.js';
import type { AliasSettings, InterfaceAddress } from './address-types.js';
import { findAddress, listAddresses } from './addresses.js';
import { checkDevice, longestDevice } from './device.js';
import type { Line } from './line.js';
import { checkPrefix } from './prefix.js';

/** Adds an IPv4 address under the first free label `device:1`, `device:2`, … */
export function addAlias(
  line: Line,
  device: unknown,
  address: unknown,
  settings: AliasSettings,
  options: CallOptions,
): Promise<InterfaceAddress> {
  const name = checkDevice('device', device);
  const prefix = checkPrefix('address', address);
  if (prefix.family === 'ipv6') {
    throw invalidValue('address', 'an IPv4 address: the kernel keeps no label of others', address);
  }
  return line.turns.run(`aliases of ${name}`, async () => {
    const taken = await listAddresses(line, { device: name, family: 'ipv4' }, options);
    const label = freeLabel(
      name,
      taken.map((row) => row.label),
    );
    const config = { ...settings, device: name, address: address as string, label };
    await addAddress(line, config, options);
    const added = await findAddress(line, resolveKey(config), options);
    return added ?? { ...config, family: 'ipv4', scope: 'global' };
  });
}

/** The first label `device:n`, from 1 on, that none of the given ones is. */
export function freeLabel(device: string, taken: readonly (string | undefined)[]): string {
  for (let number = 1; ; number++) {
    const label = `${device}:${number}`;
    if (Buffer.byteLength(label) > longestDevice) {
      throw outOfRange('device', `a name that leaves room for the label ${label}`, device);
    }
    if (!taken.includes(label)) return label;
  }
}

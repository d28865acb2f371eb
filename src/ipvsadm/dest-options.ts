import { invalidValue, outOfRange } from '../errors/index.js';
import type { DestSettings, Forwarding, Tunnel } from '../ipvs/index.js';
import { checkTunnelOptions } from './combinations.js';
import type { OptionName } from './options.js';
import type { RuleDest, RuleService } from './rule.js';
import { choiceOf, endpointOf, numberOf } from './values.js';
import type { Given } from './words.js';

const forwardings = {
  gatewaying: 'dr',
  ipip: 'tun',
  masquerading: 'nat',
} as const satisfies { readonly [name in OptionName]?: Forwarding };

const tunnelTypes = ['ipip', 'gue', 'gre'] as const;
const checksums = {
  'tun-nocsum': 'none',
  'tun-csum': 'full',
  'tun-remcsum': 'remote',
} as const satisfies { readonly [name in OptionName]?: Tunnel['checksum'] };

const largest = 2 ** 31 - 1;

/** The destination that `-r` names; its port is the service's if it has none of its own. */
export function destOf(service: RuleService, given: readonly Given[]): RuleDest {
  const option = given.find(({ name }) => name === 'real-server');
  if (option === undefined) throw invalidValue('-r', 'given', option);
  const { address, port } = endpointOf(option);
  const servicePort = service.port ?? 0;
  const place = given.findIndex(({ name }) => name.endsWith('-service'));
  if (port === undefined && servicePort !== 0 && given.indexOf(option) < place) {
    const expected = 'given after the service, or with a port (ipvsadm would take port 0)';
    throw invalidValue(option.written, expected, option.value);
  }
  return { address, port: port ?? servicePort };
}

/** All settings of a destination, with ipvsadm's defaults for those that are not given. */
export function destSettingsOf(given: readonly Given[]): Required<Omit<DestSettings, 'tunnel'>> & {
  readonly tunnel?: Tunnel;
} {
  const find = (name: OptionName): Given | undefined =>
    given.find((option) => option.name === name);
  const number = (name: OptionName, preset: number): number => {
    const option = find(name);
    return option ? numberOf(option, 0, largest) : preset;
  };
  const fwd = forwardingOf(given);
  const tunnel = tunnelOf(given, fwd === 'tun');
  const [upperThreshold, lowerThreshold] = [number('u-threshold', 0), number('l-threshold', 0)];
  if (lowerThreshold > upperThreshold) {
    throw outOfRange('-y', `at most that of -x, ${upperThreshold}`, lowerThreshold);
  }
  return {
    fwd,
    weight: number('weight', 1),
    upperThreshold,
    lowerThreshold,
    ...(tunnel && { tunnel }),
  };
}

/**
 * Direct routing and tunnels don't touch ports, so ipvsadm silently gives their destinations the
 * service's port, whatever was written. Marks have no port, and keep what was written.
 */
export function forcedPort(service: RuleService, dest: RuleDest, fwd: Forwarding): RuleDest {
  if (fwd === 'nat' || service.port === undefined) return dest;
  return { address: dest.address, port: service.port };
}

/** ipvsadm refuses what the kernel would: only tunnels lead into the other family. */
export function checkFamilies(service: RuleService, dest: RuleDest, fwd: Forwarding): void {
  const family = dest.address.includes(':') ? 'ipv6' : 'ipv4';
  if (fwd !== 'tun' && family !== service.family) {
    throw invalidValue('-r', `an ${service.family} address without -i`, dest.address);
  }
}

function forwardingOf(given: readonly Given[]): 'dr' | 'tun' | 'nat' {
  for (const { name } of given) {
    if (name === 'gatewaying' || name === 'ipip' || name === 'masquerading') {
      return forwardings[name];
    }
  }
  return 'dr';
}

function tunnelOf(given: readonly Given[], tunnelled: boolean): Tunnel | undefined {
  const typeOption = given.find(({ name }) => name === 'tun-type');
  const type = typeOption ? choiceOf(typeOption, tunnelTypes) : 'ipip';
  checkTunnelOptions(given, type, tunnelled);
  if (!tunnelled) return undefined;
  if (type === 'ipip') return { type };
  const port = given.find(({ name }) => name === 'tun-port');
  return {
    type,
    ...(port && { port: numberOf(port, 1, 65535) }),
    checksum: checksumOf(given),
  };
}

function checksumOf(given: readonly Given[]): (typeof checksums)[keyof typeof checksums] {
  for (const { name } of given) {
    if (name === 'tun-nocsum' || name === 'tun-csum' || name === 'tun-remcsum') {
      return checksums[name];
    }
  }
  return 'none';
}

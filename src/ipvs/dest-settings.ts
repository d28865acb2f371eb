import { invalidValue, outOfRange } from '../errors/index.js';
import { checkChoice, checkInteger, checkObject } from '../options/index.js';
import type { ResolvedDest } from './dest-name.js';
import type { ResolvedService } from './service-name.js';
import type {
  Destination,
  DestSettings,
  Forwarding,
  SeenTunnel,
  Tunnel,
  TunnelChecksum,
  TunnelType,
  Unknown,
} from './types.js';

/** A destination's settings as the kernel has them: some may have no name. */
export interface SeenDestSettings {
  readonly fwd: Forwarding | Unknown;
  readonly weight: number;
  readonly upperThreshold: number;
  readonly lowerThreshold: number;
  readonly tunnel: SeenTunnel | Tunnel | undefined;
}

/** A destination's settings in full. */
export interface FullDestSettings extends SeenDestSettings {
  readonly fwd: Forwarding;
  readonly tunnel: Tunnel | undefined;
}

export const forwardings: readonly Forwarding[] = ['nat', 'local', 'tun', 'dr', 'bypass'];
export const tunnelTypes: readonly TunnelType[] = ['ipip', 'gue', 'gre'];
export const tunnelChecksums: readonly TunnelChecksum[] = ['none', 'full', 'remote'];

const settingNames = ['fwd', 'weight', 'upperThreshold', 'lowerThreshold', 'tunnel'] as const;
const seenNames = [
  'activeConnections',
  'inactiveConnections',
  'persistentConnections',
  'stats',
] as const;
const configNames = ['address', 'port', 'family', ...settingNames, ...seenNames] as const;
const largest = 2 ** 31 - 1;

const defaults: FullDestSettings = {
  fwd: 'dr',
  weight: 1,
  upperThreshold: 0,
  lowerThreshold: 0,
  tunnel: undefined,
};

/** Checks what `addDest` was given and fills in the defaults. */
export function completeDest(
  service: ResolvedService,
  dest: ResolvedDest,
  config: object,
): FullDestSettings {
  checkObject('dest', config, configNames);
  return mergeDest(service, dest, defaults, config);
}

/** Checks a patch. */
export function checkDestPatch(patch: unknown): DestSettings {
  return checkObject('patch', patch, settingNames) as DestSettings;
}

/** The settings with those that the patch names replaced; the others stay as they are. */
export function mergeDest(
  service: ResolvedService,
  dest: ResolvedDest,
  current: SeenDestSettings,
  patch: DestSettings,
): FullDestSettings {
  const {
    fwd = current.fwd,
    weight = current.weight,
    upperThreshold = current.upperThreshold,
    lowerThreshold = current.lowerThreshold,
  } = patch;
  const merged = {
    fwd: checkChoice('fwd', fwd, forwardings),
    weight: checkInteger('weight', weight, 0, largest),
    upperThreshold: checkInteger('upperThreshold', upperThreshold, 0, largest),
    lowerThreshold: checkInteger('lowerThreshold', lowerThreshold, 0, largest),
    tunnel: mergeTunnel(fwd, current.tunnel, patch.tunnel),
  };
  if (merged.lowerThreshold > merged.upperThreshold) {
    throw outOfRange(
      'lowerThreshold',
      `at most upperThreshold (${merged.upperThreshold})`,
      merged.lowerThreshold,
    );
  }
  if (service.family !== dest.family && merged.fwd !== 'tun') {
    throw invalidValue(
      'dest.address',
      `an ${service.family} address like the service's, unless fwd is 'tun'`,
      dest.address,
    );
  }
  return merged;
}

/** The settings of a destination that was read from the kernel. */
export function destSettingsOf(dest: Destination<number | bigint>): SeenDestSettings {
  const { fwd, weight, upperThreshold, lowerThreshold, tunnel } = dest;
  return { fwd, weight, upperThreshold, lowerThreshold, tunnel };
}

/** Whether two destinations are set the same way. */
export function sameDestSettings(a: SeenDestSettings, b: SeenDestSettings): boolean {
  return (
    a.fwd === b.fwd &&
    a.weight === b.weight &&
    a.upperThreshold === b.upperThreshold &&
    a.lowerThreshold === b.lowerThreshold &&
    a.tunnel?.type === b.tunnel?.type &&
    a.tunnel?.port === b.tunnel?.port &&
    a.tunnel?.checksum === b.tunnel?.checksum
  );
}

function mergeTunnel(
  fwd: Forwarding | Unknown,
  current: SeenTunnel | Tunnel | undefined,
  patch: Tunnel | undefined,
): Tunnel | undefined {
  if (fwd !== 'tun') {
    if (patch !== undefined) throw invalidValue('tunnel', `absent when fwd is '${fwd}'`, patch);
    return undefined;
  }
  return checkTunnel(patch ?? current ?? {});
}

function checkTunnel(tunnel: SeenTunnel | Tunnel): Tunnel {
  checkObject('tunnel', tunnel, ['type', 'port', 'checksum']);
  const { port, checksum = 'none' } = tunnel;
  const type = checkChoice('tunnel.type', tunnel.type ?? 'ipip', tunnelTypes);
  checkChoice('tunnel.checksum', checksum, tunnelChecksums);
  if (type === 'gue') {
    return { type, port: checkInteger('tunnel.port', port, 1, 65535), checksum };
  }
  if (port !== undefined) throw invalidValue('tunnel.port', `absent in a ${type} tunnel`, port);
  if (type === 'gre' && checksum !== 'remote') return { type, checksum };
  if (checksum !== 'none') {
    throw invalidValue('tunnel.checksum', `one that a ${type} tunnel has`, checksum);
  }
  return { type };
}

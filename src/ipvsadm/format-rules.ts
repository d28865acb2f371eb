import { invalidValue } from '../errors/index.js';
import type { Destination, ServiceTree, Snapshot, Tunnel } from '../ipvs/index.js';
import { formatServiceName, joinPort } from '../ipvs/service-name.js';
import { checkBoolean, checkObject } from '../options/index.js';
import { sortDests, sortServices } from './sort.js';
import { dottedMask } from './values.js';

/** How rules are written. */
export interface FormatOptions {
  /**
   * Writes the thresholds of destinations too (`-x`, `-y`), which `ipvsadm -Sn` leaves out and
   * `ipvsadm -R` reads. Default: `false`.
   */
  readonly thresholds?: boolean | undefined;
}

type Tree = ServiceTree<number | bigint>;
type Dest = Destination<number | bigint>;

const protocols: { readonly [protocol: string]: string } = {
  tcp: '-t',
  udp: '-u',
  sctp: '--sctp-service',
};
const forwardings: { readonly [fwd: string]: string } = {
  nat: '-m',
  tun: '-i',
  dr: '-g',
  // The kernel itself takes this way to addresses of the director, whatever it was told.
  local: '-g',
};
const checksums = {
  none: '--tun-nocsum',
  full: '--tun-csum',
  remote: '--tun-remcsum',
} as const satisfies { readonly [checksum in NonNullable<Tunnel['checksum']>]: string };

/**
 * Writes services and destinations as `ipvsadm -Sn` prints them, in the same order: a line each, to
 * be read by `restore` or `ipvsadm -R`. Unlike ipvsadm's, the lines can always be read again: marks
 * from 2^31 on are written as positive numbers, and what ipvsadm has no words for is refused.
 *
 * @param snapshot - What `snapshot` returned.
 * @throws TypeError `ERR_INVALID_ARG_VALUE`: a service of another protocol than TCP, UDP and SCTP,
 *   one with port 0 and no persistence, one-packet scheduling without UDP, or a destination with
 *   `bypass` or a forwarding or tunnel without name. `ipvsadm -R` refuses these, or makes something
 *   else of them; other programs can make them.
 */
export function formatRules(
  snapshot: Pick<Snapshot<number | bigint>, 'services'>,
  options: FormatOptions = {},
): string {
  checkObject('options', options, ['thresholds']);
  const thresholds = checkBoolean('options.thresholds', options.thresholds ?? false);
  const lines = sortServices(snapshot.services).flatMap((service) => {
    const words = serviceWords(service);
    const dests = sortDests(service.dests);
    return [
      `-A ${words} ${settingsWords(service)}`,
      ...dests.map((dest) => `-a ${words} ${destWords(service, dest, thresholds)}`),
    ];
  });
  return lines.map((line) => `${line}\n`).join('');
}

function serviceWords(service: Tree): string {
  if (service.fwmark !== undefined) {
    return service.family === 'ipv6' ? `-f ${service.fwmark} -6` : `-f ${service.fwmark}`;
  }
  const protocol = protocols[service.protocol];
  if (protocol === undefined) throw wordless(service, 'protocol', service.protocol);
  if (service.port === 0 && service.persistence === undefined) {
    throw wordless(service, 'port', 0);
  }
  if (service.onePacket && service.protocol !== 'udp') throw wordless(service, 'onePacket', true);
  return `${protocol} ${joinPort(service.address, service.port)}`;
}

function settingsWords(service: Tree): string {
  const { scheduler, persistence, persistenceEngine, onePacket, schedulerFlags } = service;
  const words = ['-s', scheduler];
  if (persistence !== undefined) {
    const { timeout, prefixLength } = persistence;
    words.push('-p', `${timeout}`);
    if (service.family === 'ipv4' && prefixLength !== 32)
      words.push('-M', dottedMask(prefixLength));
    if (service.family === 'ipv6' && prefixLength !== 128) words.push('-M', `${prefixLength}`);
  }
  if (persistenceEngine !== undefined) words.push('--pe', persistenceEngine);
  if (onePacket) words.push('-o');
  if (schedulerFlags.length > 0) words.push('-b', schedulerFlags.join(','));
  return words.join(' ');
}

function destWords(service: Tree, dest: Dest, thresholds: boolean): string {
  const forwarding = forwardings[dest.fwd];
  if (forwarding === undefined) throw wordless(service, 'dest.fwd', dest.fwd);
  const words = ['-r', joinPort(dest.address, dest.port), forwarding, '-w', `${dest.weight}`];
  if (dest.tunnel !== undefined) words.push(...tunnelWords(service, dest.tunnel));
  if (thresholds && dest.upperThreshold !== 0) {
    words.push('-x', `${dest.upperThreshold}`);
    if (dest.lowerThreshold !== 0) words.push('-y', `${dest.lowerThreshold}`);
  }
  return words.join(' ');
}

function tunnelWords(service: Tree, tunnel: NonNullable<Dest['tunnel']>): string[] {
  const { type, port, checksum = 'none' } = tunnel;
  if (type === 'ipip') return ['--tun-type', type];
  if (type === 'gre') return ['--tun-type', type, checksums[checksum]];
  if (type === 'gue') return ['--tun-type', type, '--tun-port', `${port}`, checksums[checksum]];
  throw wordless(service, 'dest.tunnel.type', type);
}

function wordless(service: Tree, field: string, value: unknown): TypeError {
  const expected = 'something that ipvsadm can read back (exportState keeps it)';
  return invalidValue(`${field} of ${formatServiceName(service)}`, expected, value);
}

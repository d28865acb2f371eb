import type { Address, Family } from '../address/index.js';
import { checkAddress } from '../address/index.js';
import { invalidValue } from '../errors/index.js';
import type { CallOptions } from '../options/index.js';
import {
  checkCallOptions,
  checkChoice,
  checkInteger,
  checkObject,
  checkText,
  resolveNetns,
} from '../options/index.js';

/** What {@link openProbeSocket} and {@link openListener} take alike. */
export interface SocketOptions extends CallOptions {
  /**
   * Network namespace that the socket lives in: a name under `/run/netns` or the path of a
   * namespace file. Default: that of the surrounding {@link withNetns}, or else the caller's own.
   */
  readonly netns?: string | undefined;
  /**
   * Interface that the socket is bound to (`SO_BINDTODEVICE`): its packets leave and arrive there
   * only. Also the scope of a link-local IPv6 address. 1 to 15 bytes.
   */
  readonly device?: string | undefined;
  /**
   * Firewall mark of the socket's packets (`SO_MARK`), 0 to 2^32 - 1, as `fwmark` services and
   * routing rules match it. Takes CAP_NET_ADMIN (or CAP_NET_RAW, from Linux 5.17 on).
   */
  readonly mark?: number | undefined;
}

/** Options of {@link openProbeSocket}. */
export interface ProbeSocketOptions extends SocketOptions {
  /** Default: the source's family, or `'ipv4'`. */
  readonly family?: Family | undefined;
  /** Address that the connection comes from. Default: the kernel's choice. */
  readonly source?: string | undefined;
  /** Port that the connection comes from, 1 to 65535. Default: the kernel's choice. */
  readonly sourcePort?: number | undefined;
}

/** Options of {@link openListener}. */
export interface ListenerOptions extends SocketOptions {
  /** Address to listen on: `'0.0.0.0'` for every IPv4 address, `'::'` for every address. */
  readonly address: string;
  /** Port to listen on; 0 for one that is free. */
  readonly port: number;
}

/** A socket that has been checked. */
export interface CheckedSocket {
  readonly netns: string;
  readonly family: Family;
  readonly address: string | undefined;
  /** The option that gave the address. */
  readonly addressOption: 'source' | 'address';
  readonly port: number | undefined;
  readonly mark: number | undefined;
  readonly device: string | undefined;
}

const sharedNames = ['netns', 'device', 'mark', 'signal', 'timeout'] as const;
const probeNames = [...sharedNames, 'family', 'source', 'sourcePort'] as const;
const listenerNames = [...sharedNames, 'address', 'port'] as const;

const largestPort = 65_535;
/** `IFNAMSIZ` without the final NUL. */
const longestDevice = 15;

export function checkProbeSocket(options: ProbeSocketOptions): CheckedSocket {
  checkObject('options', options, probeNames);
  const { source, sourcePort } = options;
  const address = source === undefined ? undefined : checkAddress('source', source);
  return {
    ...checkShared(options),
    family: familyFor(options.family, address),
    address: address?.text,
    addressOption: 'source',
    port:
      sourcePort === undefined ? undefined : checkInteger('sourcePort', sourcePort, 1, largestPort),
  };
}

export function checkListener(options: ListenerOptions): CheckedSocket {
  checkObject('options', options, listenerNames);
  const { family, text } = checkAddress('address', options.address);
  const port = checkInteger('port', options.port, 0, largestPort);
  return { ...checkShared(options), family, address: text, addressOption: 'address', port };
}

function checkShared(options: SocketOptions): Pick<CheckedSocket, 'netns' | 'device' | 'mark'> {
  checkCallOptions(options);
  const { device, mark } = options;
  return {
    netns: resolveNetns(options.netns),
    device: device === undefined ? undefined : checkText('device', device, longestDevice),
    mark: mark === undefined ? undefined : checkInteger('mark', mark, 0, 2 ** 32 - 1),
  };
}

function familyFor(family: Family | undefined, source: Address | undefined): Family {
  if (family === undefined) return source?.family ?? 'ipv4';
  checkChoice('family', family, ['ipv4', 'ipv6']);
  if (source !== undefined && source.family !== family) {
    throw invalidValue('source', `an address of family ${family}`, source.text);
  }
  return family;
}

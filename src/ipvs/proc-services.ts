import { formatAddress } from '../address/index.js';
import type { Forwarding, ServiceProtocol } from './types.js';

/** A destination as `/proc/net/ip_vs` shows it. */
export interface ProcDestination {
  /** The real server. */
  readonly address: string;
  /** 0 to 65535. */
  readonly port: number;
  /** How packets reach it. */
  readonly fwd: Forwarding;
  /** 0 gets no new connections. */
  readonly weight: number;
  /** Connections in state ESTABLISHED (TCP) or in use (UDP, SCTP), now. */
  readonly activeConnections: number;
  /** All other connections, now. */
  readonly inactiveConnections: number;
}

/** A service as `/proc/net/ip_vs` shows it. */
export type ProcService = (
  | {
      /** Services of any other protocol are passed over. */
      readonly protocol: ServiceProtocol;
      /** The VIP. */
      readonly address: string;
      /** 0 stands for every port. */
      readonly port: number;
    }
  | {
      /** Of either family: the file does not tell which. */
      readonly fwmark: number;
    }
) & {
  /** Name of the scheduler. */
  readonly scheduler: string;
  /** The file tells the timeout in the kernel's clock ticks, so only that there is one is known. */
  readonly persistent: boolean;
  /** Shown for IPv4 and firewall marks only; `undefined` elsewhere. */
  readonly onePacket: boolean | undefined;
  /** In the kernel's order. */
  readonly dests: readonly ProcDestination[];
};

/** What `/proc/net/ip_vs` does not tell, or not rightly. */
export const procLimits: readonly string[] = [
  'counters, rates and persistent connections',
  'thresholds',
  'the tunnel type, port and checksum',
  'scheduler flags and the persistence engine',
  'the persistence timeout in seconds and the persistence netmask of IPv6',
  'the family of a firewall mark service',
  'one-packet scheduling of IPv6 services',
  "destinations with fwd 'bypass', which look like 'nat'",
];

const forwarding: { readonly [name in string]?: Forwarding } = {
  Masq: 'nat',
  Local: 'local',
  Tunnel: 'tun',
  Route: 'dr',
  Bypass: 'bypass',
};

/** Reads the text of `/proc/net/ip_vs`; lines that it doesn't know are passed over. */
export function parseProcServices(text: string): ProcService[] {
  const services: (ProcService & { readonly dests: ProcDestination[] })[] = [];
  for (const line of text.split('\n')) {
    const words = line.trim().split(/\s+/);
    if (words[0] === '->') {
      const dest = parseDest(words);
      if (dest !== undefined) services.at(-1)?.dests.push(dest);
    } else {
      const service = parseService(words);
      if (service !== undefined) services.push(service);
    }
  }
  return services;
}

function parseService(
  words: readonly string[],
): (ProcService & { readonly dests: ProcDestination[] }) | undefined {
  const [kind = '', place = '', scheduler = '', ...rest] = words;
  const settings = {
    scheduler,
    persistent: rest.includes('persistent'),
    onePacket: place.startsWith('[') ? undefined : rest.includes('ops'),
    dests: [],
  };
  if (kind === 'FWM') return { fwmark: Number.parseInt(place, 16), ...settings };
  if (kind !== 'TCP' && kind !== 'UDP' && kind !== 'SCTP') return undefined;
  const endpoint = parseEndpoint(place);
  const protocol = kind.toLowerCase() as ServiceProtocol;
  return endpoint && { protocol, ...endpoint, ...settings };
}

function parseDest(words: readonly string[]): ProcDestination | undefined {
  const [, place = '', method = '', weight, active, inactive] = words;
  const endpoint = parseEndpoint(place);
  const fwd = forwarding[method];
  if (endpoint === undefined || fwd === undefined) return undefined;
  return {
    ...endpoint,
    fwd,
    weight: Number(weight),
    activeConnections: Number(active),
    inactiveConnections: Number(inactive),
  };
}

/** `0A000001:0050` or `[2001:0db8:…:0001]:0050`. */
function parseEndpoint(place: string): { address: string; port: number } | undefined {
  const match = /^(?:([0-9A-F]{8})|\[([0-9a-f:]{39})\]):([0-9A-F]{4})$/.exec(place);
  if (match === null) return undefined;
  const hex = match[1] ?? match[2]?.replaceAll(':', '') ?? '';
  const bytes = Buffer.from(hex, 'hex');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    address: formatAddress(view, 0, bytes.length),
    port: Number.parseInt(match[3] ?? '', 16),
  };
}

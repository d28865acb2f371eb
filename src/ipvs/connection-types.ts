import type { CallOptions } from '../options/index.js';
import type { DestName, ServiceName } from './types.js';

/** Protocols of connections; the kernel also tracks `ip` for templates of firewall marks. */
export type ConnectionProtocol = 'ip' | 'tcp' | 'udp' | 'sctp' | 'icmp' | 'icmpv6' | `ip-${number}`;

/** An address and a port. */
export interface Endpoint {
  /** IPv4 or IPv6. */
  readonly address: string;
  /** 0 to 65535. */
  readonly port: number;
}

/** A row of the connection table (`ipvsadm -L -c`). */
export interface IpvsConnection {
  /** Transport protocol; `'ip'` for a template of a firewall mark. */
  readonly protocol: ConnectionProtocol;
  /** The client. Of a template: the address of its network, and port 0. */
  readonly client: Endpoint;
  /** What the client spoke to; of a firewall mark's template the mark. */
  readonly virtual:
    | Endpoint
    | {
        /** The service's mark. */
        readonly fwmark: number;
      };
  /** The real server. */
  readonly dest: Endpoint;
  /** The kernel's name: `ESTABLISHED`, `SYN_RECV`, `UDP`, … */
  readonly state: string;
  /** Seconds until the kernel forgets it. */
  readonly expires: number;
  /** A persistence template: it ties a client to a real server and carries no packets. */
  readonly template: boolean;
  /** Where it came from; there only when listed with `source: 'sync'`. */
  readonly origin?: 'local' | 'sync';
  /** The persistence engine that made the template. */
  readonly engine?: string;
  /** What the engine goes by, as the kernel prints it: a call's id. */
  readonly engineData?: string;
}

/** Which rows to list. Rows that don't fit never leave the reading thread. */
export interface ConnectionFilter {
  /**
   * Rows of this service. A firewall mark finds templates only: connections keep the address that
   * the client spoke to, not the mark.
   */
  readonly service?: ServiceName;
  /** A real server; without a port all its ports. */
  readonly dest?: DestName;
  /** An address, or a network: `10.0.0.0/8`. */
  readonly client?: string;
  /** The kernel's name, in capitals: `ESTABLISHED`. */
  readonly state?: string;
  /** `'ip'` are the templates of firewall marks. */
  readonly protocol?: 'ip' | 'tcp' | 'udp' | 'sctp';
  /** Persistence templates: `'include'`, `'exclude'` or `'only'`. Default: `'include'`. */
  readonly templates?: 'include' | 'exclude' | 'only';
  /**
   * Only the first so many rows of the table are read, whether they fit or not. The table is a hash of
   * clients and their ports, so these are as good a sample as any. Default: all rows.
   */
  readonly sample?: number | undefined;
}

/** How connections are listed. */
export interface ConnectionOptions extends CallOptions, ConnectionFilter {
  /** At most so many rows. Default: all. */
  readonly limit?: number | undefined;
  /** Rows of a page, 1 to 65536. Default: 1000. */
  readonly pageSize?: number | undefined;
  /**
   * Which of the kernel's two files to read: `'connections'` tells persistence engines, `'sync'`
   * tells where a connection came from. Default: `'connections'`.
   */
  readonly source?: 'connections' | 'sync' | undefined;
}

/** What connections can be counted by. */
export type CountedBy = 'protocol' | 'client' | 'virtual' | 'dest' | 'state';

/** How connections are counted. */
export interface CountOptions<By extends CountedBy = CountedBy>
  extends CallOptions,
    ConnectionFilter {
  /** What they are told apart by: each combination that there is gets a count. Default: nothing. */
  readonly by?: readonly By[] | undefined;
}

/** How many connections have something in common. */
export type ConnectionCount<By extends CountedBy = CountedBy> = {
  /** Number of rows of the connection table. */
  readonly count: number;
} & {
  readonly [K in By]: K extends 'client' ? string : IpvsConnection[Exclude<K, 'client'>];
};

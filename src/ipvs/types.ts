import type { Family } from '../address/index.js';

/** Transport protocols that IPVS balances. */
export type ServiceProtocol = 'tcp' | 'udp' | 'sctp';

/** Any other protocol, by number: the kernel lets other tools make such services, to no use. */
export type OtherProtocol = `ip-${number}`;

/** A value that some other tool set and that has no name, by number. */
export type Unknown = `unknown-${number}`;

/**
 * How packets reach a real server (`ipvsadm -m`, `-g`, `-i`; `local` and `bypass` are the kernel's
 * own): rewritten (`nat`), with only the MAC address changed (`dr`, direct routing), inside a tunnel
 * (`tun`), delivered on the director itself (`local`), or sent on to their original destination
 * (`bypass`).
 */
export type Forwarding = 'nat' | 'dr' | 'tun' | 'local' | 'bypass';

/** Scheduler flags by their names in `ipvsadm -b`. `flag-1…3` mean whatever the scheduler says. */
export type SchedulerFlag =
  | 'sh-fallback'
  | 'sh-port'
  | 'mh-fallback'
  | 'mh-port'
  | 'flag-1'
  | 'flag-2'
  | 'flag-3';

/** Encapsulation of tunnelled packets. */
export type TunnelType = 'ipip' | 'gue' | 'gre';

/** Checksums of GUE and GRE tunnels: `--tun-nocsum`, `--tun-csum`, `--tun-remcsum`. */
export type TunnelChecksum = 'none' | 'full' | 'remote';

/** A virtual service by protocol, address and port. */
export interface AddressServiceKey {
  /** `addService` takes `'tcp'`, `'udp'` and `'sctp'` only. */
  readonly protocol: ServiceProtocol | OtherProtocol;
  /** IPv4 or IPv6 address: the VIP. */
  readonly address: string;
  /** 0 to 65535; 0 stands for every port and needs persistence to be of use. */
  readonly port: number;
  /** Absent: a service by mark has no address. */
  readonly fwmark?: undefined;
  /** If given, it has to be that of the address. */
  readonly family?: Family;
}

/** A virtual service by firewall mark. */
export interface MarkServiceKey {
  /** 1 to 4294967295. */
  readonly fwmark: number;
  /** Marks of IPv4 and IPv6 are apart. Default: `'ipv4'`. */
  readonly family?: Family;
  /** Absent: the mark stands for whatever the firewall marked. */
  readonly protocol?: undefined;
  /** Absent, like `protocol`. */
  readonly address?: undefined;
  /** Absent, like `protocol`. */
  readonly port?: undefined;
}

/** What identifies a virtual service. */
export type ServiceKey = AddressServiceKey | MarkServiceKey;

/**
 * A virtual service, as an object or as text: `tcp://10.0.0.1:80`, `udp://[2001:db8::1]:53`,
 * `sctp://…`, `fwmark:7`, `fwmark:7/ipv6`.
 */
export type ServiceName = string | ServiceKey;

/** Persistence (`ipvsadm -p`): a client stays with its real server. */
export interface Persistence {
  /** Seconds that a client stays after its last connection; 1 to 2147483. Default: 300. */
  readonly timeout?: number;
  /**
   * Clients whose addresses share this many leading bits count as one (`-M`); 1 to 32 in IPv4, 1 to
   * 128 in IPv6. Default: the whole address.
   */
  readonly prefixLength?: number;
}

/** What can be chosen of a service and changed later. */
export interface ServiceSettings {
  /** Any scheduler that the kernel has, by name; `'none'` for no scheduler. Default: `'wlc'`. */
  readonly scheduler?: string;
  /** Default: none. */
  readonly schedulerFlags?: readonly SchedulerFlag[];
  /** Schedules every packet by itself (`-o`, UDP). Default: `false`. */
  readonly onePacket?: boolean;
  /** `undefined` or `false`: none, which is the default. `true`: with the defaults. */
  readonly persistence?: Persistence | boolean | undefined;
  /** Persistence engine (`--pe`): `'sip'`. Default: none. */
  readonly persistenceEngine?: string | undefined;
}

/** What `addService` takes. Listed services qualify; what they say of the past is passed over. */
export type ServiceConfig = ServiceKey &
  ServiceSettings & {
    /** Passed over. */
    readonly stats?: unknown;
  };

/** Counters since the object was made or zeroed, and the kernel's estimates of their rates. */
export interface Stats<Counter extends number | bigint = number> {
  /** Connections that were scheduled. */
  readonly connections: Counter;
  /** Packets from clients. */
  readonly inPackets: Counter;
  /** Packets to clients. Stays 0 in DR and TUN, where answers don't pass the director. */
  readonly outPackets: Counter;
  /** Bytes from clients, IP headers included. */
  readonly inBytes: Counter;
  /** Bytes to clients. Stays 0 in DR and TUN. */
  readonly outBytes: Counter;
  /** Connections a second: an estimate that the kernel smooths over some seconds. */
  readonly connectionRate: number;
  /** Packets a second towards the real servers: an estimate. */
  readonly inPacketRate: number;
  /** Packets a second from the real servers: an estimate. Stays 0 in DR and TUN. */
  readonly outPacketRate: number;
  /** Bytes a second: an estimate. */
  readonly inByteRate: number;
  /** Bytes a second: an estimate. */
  readonly outByteRate: number;
}

/** A service as the kernel has it: its key, its settings in full, and its counters. */
export type Service<Counter extends number | bigint = number> = (
  | {
      /** Of a service that another tool made it may be any IP protocol. */
      readonly protocol: ServiceProtocol | OtherProtocol;
      /** The VIP, in canonical form. */
      readonly address: string;
      /** 0 stands for every port. */
      readonly port: number;
      /** That of the address. */
      readonly family: Family;
      /** Absent, which tells the two kinds of services apart. */
      readonly fwmark?: undefined;
    }
  | {
      /** Packets that the firewall gave this mark are the service's. */
      readonly fwmark: number;
      /** Marks of IPv4 and IPv6 are apart. */
      readonly family: Family;
      /** Absent: the mark stands for whatever the firewall marked. */
      readonly protocol?: undefined;
      /** Absent, like `protocol`. */
      readonly address?: undefined;
      /** Absent, like `protocol`. */
      readonly port?: undefined;
    }
) & {
  /** Name of the scheduler; `'none'` where there is none. */
  readonly scheduler: string;
  /** By the names that the scheduler gives them, where it has names. */
  readonly schedulerFlags: readonly SchedulerFlag[];
  /** Whether every packet is scheduled by itself. */
  readonly onePacket: boolean;
  /** Absent where there is none. */
  readonly persistence?: Required<Persistence>;
  /** Name of the persistence engine; absent where there is none. */
  readonly persistenceEngine?: string;
  /** What the service has counted. */
  readonly stats: Stats<Counter>;
};

/** Encapsulation towards a real server (`--tun-type`, `--tun-port`, `--tun-…csum`). */
export interface Tunnel {
  /** Default: `'ipip'`. */
  readonly type?: TunnelType;
  /** UDP port of GUE, 1 to 65535. Only for `'gue'`, where it is needed. */
  readonly port?: number;
  /** Only for `'gue'` and (without `'remote'`) `'gre'`. Default: `'none'`. */
  readonly checksum?: TunnelChecksum;
}

/** Encapsulation as the kernel has it. */
export interface SeenTunnel extends Omit<Tunnel, 'type'> {
  /** `'unknown-9'` where some other tool chose what has no name here. */
  readonly type: TunnelType | Unknown;
}

/** A real server of a service. */
export interface DestKey {
  /** IPv4 or IPv6 address. */
  readonly address: string;
  /** 0 to 65535. Default: the service's. */
  readonly port?: number;
}

/** A real server, as an object or as text: `10.0.0.20`, `10.0.0.20:80`, `[2001:db8::1]:80`. */
export type DestName = string | DestKey;

/** What can be chosen of a destination and changed later. */
export interface DestSettings {
  /** Default: `'dr'`. */
  readonly fwd?: Forwarding;
  /** 0 to 2147483647; 0 gets no new connections. Default: 1. */
  readonly weight?: number;
  /** Most connections (`-x`), 0 to 2147483647; 0 is no limit. Default: 0. */
  readonly upperThreshold?: number;
  /**
   * New connections resume below this many (`-y`); 0 lets the kernel take three quarters of
   * `upperThreshold`. At most `upperThreshold`. Default: 0.
   */
  readonly lowerThreshold?: number;
  /** Only with `fwd: 'tun'`. Default: IPIP. */
  readonly tunnel?: Tunnel;
}

/** What `addDest` takes. Listed destinations qualify; what they say of the past is passed over. */
export type DestConfig = DestKey &
  Omit<DestSettings, 'fwd' | 'tunnel'> & {
    /** A listed method that has no name is refused. Default: `'dr'`. */
    readonly fwd?: Forwarding | Unknown;
    /** Only with `fwd: 'tun'`. Default: IPIP. */
    readonly tunnel?: Tunnel | SeenTunnel;
    /** If given, it has to be that of the address. */
    readonly family?: Family;
    /** Passed over. */
    readonly activeConnections?: unknown;
    /** Passed over. */
    readonly inactiveConnections?: unknown;
    /** Passed over. */
    readonly persistentConnections?: unknown;
    /** Passed over. */
    readonly stats?: unknown;
  };

/** A destination as the kernel has it. */
export interface Destination<Counter extends number | bigint = number> {
  /** The real server, in canonical form. */
  readonly address: string;
  /** In DR and TUN the kernel does not use it: packets keep the service's port. */
  readonly port: number;
  /** That of the address; with a tunnel it may be another than the service's. */
  readonly family: Family;
  /** `'unknown-6'` where some other tool chose what has no name here. */
  readonly fwd: Forwarding | Unknown;
  /** 0 gets no new connections. */
  readonly weight: number;
  /** Most connections; 0 is no limit. */
  readonly upperThreshold: number;
  /** New connections resume below this many; 0: below three quarters of `upperThreshold`. */
  readonly lowerThreshold: number;
  /** There with `fwd: 'tun'` only. */
  readonly tunnel?: SeenTunnel;
  /** Connections in state ESTABLISHED (TCP) or in use (UDP, SCTP), now. */
  readonly activeConnections: number;
  /** All other connections, now. */
  readonly inactiveConnections: number;
  /** Persistence templates that point here, now. */
  readonly persistentConnections: number;
  /** What the destination has counted. */
  readonly stats: Stats<Counter>;
}

/** What an `ensure…` call did. */
export type Ensured = 'created' | 'updated' | 'unchanged';

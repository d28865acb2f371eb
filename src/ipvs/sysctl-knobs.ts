/** How a knob's value is written in the kernel's file, and which values it takes. */
export type Knob =
  | { readonly kind: 'boolean'; readonly since?: string }
  | {
      readonly kind: 'integer';
      readonly least: number;
      readonly most: number;
      readonly powerOfTwo?: true;
      readonly since?: string;
      /** The scheduler that has it, while it is loaded. */
      readonly of?: string;
    }
  | { readonly kind: 'pair'; readonly since?: string }
  | { readonly kind: 'text'; readonly since?: string };

const largest = 2 ** 31 - 1;
const flag = { kind: 'boolean' } as const;
const level = { kind: 'integer', least: 0, most: 3 } as const;
const count = { kind: 'integer', least: 0, most: largest } as const;

/**
 * The knobs of `net.ipv4.vs`, after the kernel's `Documentation/networking/ipvs-sysctl.rst` and the
 * table in `net/netfilter/ipvs/ip_vs_ctl.c`. Those without `since` are in 5.10 and later.
 */
export const knobs: { readonly [name in IpvsSysctlName]: Knob } = {
  am_droprate: { kind: 'integer', least: 1, most: largest },
  amemthresh: count,
  backup_only: flag,
  cache_bypass: flag,
  conn_lfactor: { kind: 'integer', least: -8, most: 8, since: '7.2' },
  conn_max: { kind: 'integer', least: 1, most: largest, since: '7.2' },
  conn_reuse_mode: level,
  conntrack: flag,
  debug_level: count,
  drop_entry: level,
  drop_packet: level,
  est_cpulist: { kind: 'text', since: '6.2' },
  est_nice: { kind: 'integer', least: -20, most: 19, since: '6.2' },
  expire_nodest_conn: flag,
  expire_quiescent_template: flag,
  ignore_tunneled: flag,
  lblc_expiration: { kind: 'integer', least: 0, most: largest, of: 'lblc' },
  lblcr_expiration: { kind: 'integer', least: 0, most: largest, of: 'lblcr' },
  nat_icmp_send: flag,
  pmtu_disc: flag,
  run_estimation: { kind: 'boolean', since: '5.17' },
  schedule_icmp: flag,
  secure_tcp: level,
  sloppy_sctp: flag,
  sloppy_tcp: flag,
  snat_reroute: flag,
  svc_lfactor: { kind: 'integer', least: -8, most: 8, since: '7.2' },
  sync_persist_mode: { kind: 'integer', least: 0, most: 1 },
  sync_ports: { kind: 'integer', least: 1, most: 64, powerOfTwo: true },
  sync_qlen_max: count,
  sync_refresh_period: count,
  sync_retries: level,
  sync_sock_size: count,
  sync_threshold: { kind: 'pair' },
  sync_version: { kind: 'integer', least: 0, most: 1 },
};

/** Values of all knobs, by the kernel's names. */
export interface IpvsSysctls {
  /** Packets of which one is dropped in `drop_packet` mode 3. The kernel's default: 10. */
  am_droprate: number;
  /** Pages of free memory below which the automatic defences start. The kernel's default: 1024. */
  amemthresh: number;
  /** Balances nothing while the backup sync daemon runs, which prevents packet loops. */
  backup_only: boolean;
  /** Sends packets on to their original destination when there is no cache server. */
  cache_bypass: boolean;
  /** Load of the connection table, −8 to 8, before it is resized. Since Linux 7.2. */
  conn_lfactor: number;
  /** Most connections of the namespace. Since Linux 7.2. */
  conn_max: number;
  /** What to do about reused client ports: 0 to 3, a sum of bits 1 and 2. The kernel's default: 1. */
  conn_reuse_mode: number;
  /** Keeps conntrack entries for balanced connections, which stateful firewall rules need. */
  conntrack: boolean;
  /** How much is logged, by kernels with CONFIG_IP_VS_DEBUG. */
  debug_level: number;
  /** Drops half-open connections: 0 never, 1 and 2 (the kernel's choice) if memory is low, 3 always. */
  drop_entry: number;
  /** Drops packets: 0 never, 1 and 2 (the kernel's choice) if memory is low, 3 always. */
  drop_packet: number;
  /** CPUs that estimate rates, `'0-3'`. Since Linux 6.2. */
  est_cpulist: string;
  /** Niceness of rate estimation, −20 to 19. Since Linux 6.2. */
  est_nice: number;
  /** Ends a connection at once when its destination was removed. */
  expire_nodest_conn: boolean;
  /** Forgets persistence to destinations of weight 0. */
  expire_quiescent_template: boolean;
  /** Leaves packets of tunnels alone, which prevents loops on a director that is a real server. */
  ignore_tunneled: boolean;
  /** Seconds that the scheduler lblc remembers an address for. Only while it is loaded. */
  lblc_expiration: number;
  /** Seconds that the scheduler lblcr remembers an address for. Only while it is loaded. */
  lblcr_expiration: number;
  /** Sends ICMP errors for NAT packets that belong to no connection. */
  nat_icmp_send: boolean;
  /** Refuses packets that are too large for the path, rather than fragmenting tunnelled ones. */
  pmtu_disc: boolean;
  /** Counts and estimates at all. Since Linux 5.17. */
  run_estimation: boolean;
  /** Balances ICMP packets too, by the packet they carry. */
  schedule_icmp: boolean;
  /** A more careful TCP state table: 0 never, 1 and 2 if memory is low, 3 always. */
  secure_tcp: number;
  /** Makes a connection for an SCTP packet in the middle of an association. */
  sloppy_sctp: boolean;
  /** Makes a connection for a TCP packet in the middle of a connection. */
  sloppy_tcp: boolean;
  /** Routes NAT answers as if the director had sent them. */
  snat_reroute: boolean;
  /** Load of the service table, −8 to 8, before it is resized. Since Linux 7.2. */
  svc_lfactor: number;
  /** 1 synchronises of persistent services the templates only. */
  sync_persist_mode: number;
  /** Threads, and UDP ports, of each sync daemon: 1, 2, 4 … 64. */
  sync_ports: number;
  /** Most sync messages that wait to be sent. */
  sync_qlen_max: number;
  /** Seconds that a connection's timer must differ by before it is sent again. */
  sync_refresh_period: number;
  /** Repetitions of a sync message, 0 to 3. */
  sync_retries: number;
  /** Bytes of the sync sockets' buffers; 0 leaves the system's default. */
  sync_sock_size: number;
  /** Packets of a connection before it is sent, and after how many it is sent again. */
  sync_threshold: readonly [threshold: number, period: number];
  /** Version of the sync protocol: 0 or 1. */
  sync_version: number;
}

/** Name of a knob under `net.ipv4.vs`. */
export type IpvsSysctlName = keyof IpvsSysctls;

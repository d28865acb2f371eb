/** What can be chosen of any device, and changed later. */
export interface LinkSettings {
  /** Whether the device is to be used. Default: `false`. */
  readonly up?: boolean;
  /** Largest packet, in bytes. */
  readonly mtu?: number;
  /** `'02:00:0a:00:00:01'`. Default: the kernel makes one up. */
  readonly macAddress?: string;
  /** The bridge or bond that the device belongs to. */
  readonly master?: string;
  /** A comment, at most 255 bytes. */
  readonly alias?: string;
  /** Packets that the device's queue holds. */
  readonly queueLength?: number;
  /** Number of the device group. Default: 0. */
  readonly group?: number;
}

/** What `addLink` takes for any kind of device. */
export interface CommonLinkConfig extends LinkSettings {
  /** At most 15 bytes. */
  readonly name: string;
  /** Network namespace to make it in, a name or path. Default: the handle's. */
  readonly netns?: string;
}

/** A device that takes packets and does nothing with them (`ip link add … type dummy`). */
export interface DummyConfig extends CommonLinkConfig {
  readonly kind: 'dummy';
}

/** A virtual switch. */
export interface BridgeConfig extends CommonLinkConfig {
  readonly kind: 'bridge';
  /** Default: `false`. */
  readonly spanningTree?: boolean;
  /** Seconds, 2 to 30, that a new port waits where the spanning tree is on. Default: 15. */
  readonly forwardDelay?: number;
  /** Seconds until an unseen MAC address is forgotten; 0 makes the bridge a hub. Default: 300. */
  readonly ageingTime?: number;
  /** 0 to 65535. Default: 32768. */
  readonly priority?: number;
  /** Default: `false`. */
  readonly vlanFiltering?: boolean;
  /** Default: `true`. */
  readonly multicastSnooping?: boolean;
}

/** The other end of a veth pair. */
export interface VethPeer {
  /** At most 15 bytes. */
  readonly name: string;
  /** Network namespace to make it in, a name or path. Default: that of the first end. */
  readonly netns?: string;
  /** Largest packet, in bytes. */
  readonly mtu?: number;
  /** `'02:00:0a:00:00:01'`. Default: the kernel makes one up. */
  readonly macAddress?: string;
}

/** A pair of devices, joined like the two ends of a cable. */
export interface VethConfig extends CommonLinkConfig {
  readonly kind: 'veth';
  /** The other end, or just its name. */
  readonly peer: string | VethPeer;
}

/** A device for the packets of one VLAN of another device. */
export interface VlanConfig extends CommonLinkConfig {
  readonly kind: 'vlan';
  /** The device that carries the VLAN. */
  readonly lower: string;
  /** 0 to 4094. */
  readonly id: number;
  /** Default: `'802.1Q'`. */
  readonly protocol?: '802.1Q' | '802.1ad';
}

/** A device with a MAC address of its own on top of another device. */
export interface MacvlanConfig extends CommonLinkConfig {
  readonly kind: 'macvlan';
  /** The device that it is on top of. */
  readonly lower: string;
  /** Default: `'vepa'`. */
  readonly mode?: 'private' | 'vepa' | 'bridge' | 'passthru' | 'source';
}

/** Several devices used as one (`Documentation/networking/bonding.rst`). */
export interface BondConfig extends CommonLinkConfig {
  readonly kind: 'bond';
  /** Default: `'balance-rr'`. */
  readonly mode?:
    | 'balance-rr'
    | 'active-backup'
    | 'balance-xor'
    | 'broadcast'
    | '802.3ad'
    | 'balance-tlb'
    | 'balance-alb';
  /** Milliseconds between looks at the carrier (`miimon`); 0 never looks. Default: 0. */
  readonly monitorInterval?: number;
  /** Milliseconds that a device must be up before it is used. Default: 0. */
  readonly upDelay?: number;
  /** Milliseconds that a device must be down before it is given up. Default: 0. */
  readonly downDelay?: number;
  /** What decides which device a packet takes. Default: `'layer2'`. */
  readonly transmitHash?: 'layer2' | 'layer3+4' | 'layer2+3' | 'encap2+3' | 'encap3+4';
  /** Fewest devices that must be up. Default: 0. */
  readonly minimumLinks?: number;
  /** Only with `'802.3ad'`. Default: `'slow'`. */
  readonly lacpRate?: 'slow' | 'fast';
}

/** What all tunnels have. Addresses are of the family that carries the tunnel. */
export interface TunnelConfig extends CommonLinkConfig {
  /** Default: any address of this host. */
  readonly local?: string;
  /** Default: none, so that packets are taken from anybody. */
  readonly remote?: string;
  /** The device that tunnelled packets leave by. Default: as the routes say. */
  readonly lower?: string;
  /** 0 to 255; 0 takes that of the packet inside. Default: 0 (64 in `ip6tnl`). */
  readonly ttl?: number;
  /**
   * Puts packets into UDP besides, with a GUE header or at once. Needs the kernel's module `fou`, for
   * `ip6tnl` also `fou6`; they are loaded if they are not yet there, which needs `CAP_SYS_MODULE`. What
   * the other end takes out of UDP again is a port of {@link Fou}. Default: `'none'`.
   */
  readonly encapsulation?: 'none' | 'fou' | 'gue';
  /** UDP port of the other end. */
  readonly encapsulationPort?: number;
  /** UDP port of this end; 0 takes one by the packet's flow. Default: 0. */
  readonly encapsulationSourcePort?: number;
  /** Whether UDP has a checksum. Default: `false` (`true` in `ip6tnl`). */
  readonly encapsulationChecksum?: boolean;
  /** GUE: leaves the checksum inside to the other end's hardware (`encap-remcsum`). Default: `false`. */
  readonly encapsulationRemoteChecksum?: boolean;
}

/** Tunnels over IPv4: `ipip` carries IPv4, `sit` IPv6, `gre` anything. */
export interface Ipv4TunnelConfig extends TunnelConfig {
  readonly kind: 'ipip' | 'sit' | 'gre';
  /** 0 to 255; 1 takes that of the packet inside. Default: 0. */
  readonly tos?: number;
  /** Default: `true`, and it must be so where `ttl` is given. */
  readonly pathMtuDiscovery?: boolean;
  /** Not of `gre`. Default: `'any'`. */
  readonly carries?: 'any' | 'ipv4' | 'ipv6';
}

/** A tunnel over IPv6. */
export interface Ipv6TunnelConfig extends TunnelConfig {
  readonly kind: 'ip6tnl';
  /** Default: `'any'`. */
  readonly carries?: 'any' | 'ipv4' | 'ipv6';
  /** How often packets may be tunnelled again (RFC 2473), 0 to 255. Default: 4. */
  readonly encapsulationLimit?: number;
}

/** What `addLink` takes. Listed devices qualify, where their kind can be made. */
export type LinkConfig =
  | DummyConfig
  | BridgeConfig
  | VethConfig
  | VlanConfig
  | MacvlanConfig
  | BondConfig
  | Ipv4TunnelConfig
  | Ipv6TunnelConfig;

/** Kinds of devices that `addLink` makes. */
export type LinkKind = LinkConfig['kind'];

/** What `updateLink` changes; what is not named stays. */
export interface LinkPatch extends Omit<LinkSettings, 'master'> {
  /** `null` takes the device out of its bridge or bond. */
  readonly master?: string | null;
  /** Renames the device, which on older kernels must be down. */
  readonly name?: string;
  /** Moves the device to another network namespace, which takes it down unless `up` is `true`. */
  readonly netns?: string;
}

/** What the kernel says of a device's state (RFC 2863). */
export type OperationalState =
  | 'unknown'
  | 'notPresent'
  | 'down'
  | 'lowerLayerDown'
  | 'testing'
  | 'dormant'
  | 'up';

/** What carries a device's packets; a number for what has no name here (`ARPHRD_…`). */
export type HardwareType =
  | 'ethernet'
  | 'loopback'
  | 'ipip'
  | 'ip6tnl'
  | 'sit'
  | 'gre'
  | 'ip6gre'
  | 'none'
  | number;

/** Flags that devices have beside `up`. */
export type LinkFlag =
  | 'broadcast'
  | 'loopback'
  | 'pointToPoint'
  | 'running'
  | 'noArp'
  | 'promiscuous'
  | 'allMulticast'
  | 'master'
  | 'slave'
  | 'multicast'
  | 'lowerUp'
  | 'dormant';

/** A device as the kernel has it, with the settings of its kind where they are known here. */
export interface Link extends LinkSettings {
  /** At most 15 bytes. */
  readonly name: string;
  /** Number in its network namespace, from 1. */
  readonly index: number;
  /** `'veth'`, `'bridge'`, …: absent for hardware and `lo`. */
  readonly kind?: string;
  /** What carries its packets. */
  readonly type: HardwareType;
  /** Whether it is to be used; whether it can be, `state` says. */
  readonly up: boolean;
  /** Whether it works. */
  readonly state: OperationalState;
  /** Those that are set. */
  readonly flags: readonly LinkFlag[];
  /** Largest packet, in bytes. */
  readonly mtu: number;
  /** The device below, where it is in the same network namespace. */
  readonly lower?: string;
  /** The other end of a veth pair, where it is in the same network namespace. */
  readonly peer?: string;
  /** Whatever else devices of this kind can be made with. */
  readonly [setting: string]: unknown;
}

/** Which devices to list; each condition narrows. */
export interface LinkFilter {
  /** Of this kind: `'veth'`. */
  readonly kind?: string | undefined;
  /** That belong to this bridge or bond. */
  readonly master?: string | undefined;
}

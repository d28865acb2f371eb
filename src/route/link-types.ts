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
  readonly name: string;
  /** Network namespace to make it in, a name or path. Default: that of the first end. */
  readonly netns?: string;
  readonly mtu?: number;
  readonly macAddress?: string;
}

/** A pair of devices, joined like the two ends of a cable. */
export interface VethConfig extends CommonLinkConfig {
  readonly kind: 'veth';
  readonly peer: string | VethPeer;
}

/** What `addLink` takes. Listed devices qualify, where their kind can be made. */
export type LinkConfig = DummyConfig | BridgeConfig | VethConfig;

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
  readonly name: string;
  readonly index: number;
  /** `'veth'`, `'bridge'`, …: absent for hardware and `lo`. */
  readonly kind?: string;
  readonly type: HardwareType;
  readonly up: boolean;
  readonly state: OperationalState;
  readonly flags: readonly LinkFlag[];
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
  readonly kind?: string | undefined;
  readonly master?: string | undefined;
}

import type { Family } from '../address/index.js';
import { invalidType } from '../errors/index.js';
import { checkBoolean, checkInteger } from '../options/index.js';

/** How a setting's value is written in the kernel's file. */
export interface Knob {
  /** Its file below `/proc/sys/net`; `FAMILY` and `DEVICE` stand for what the caller names. */
  readonly path: string;
  /** The family that is meant where none is named. */
  readonly family?: Family;
  /** Highest number, or that it is on or off. */
  readonly most: number | 'toggle';
}

/** Values of the settings, by the kernel's names. */
export interface Sysctls {
  /** IPv4: passes packets on between devices, as a director by NAT or TUN must. */
  readonly ip_forward: boolean;
  /**
   * The same for packets that come in by a device: `net.ipv6.conf.….forwarding`, or that of IPv4. In IPv6
   * `all` is what counts. Writing `all` or `ip_forward` writes it of every device, too.
   */
  readonly forwarding: boolean;
  /**
   * Drops packets whose source would not be reached by the way they came: 0 never, 1 by the same
   * device, 2 by any. The larger of `all` and the device counts. Tunnelled packets need 0 or 2.
   */
  readonly rp_filter: number;
  /**
   * Which ARP requests are answered, 0 to 8: 1 those for an address of the device that they came in
   * by. The larger of `all` and the device that a request comes in by counts.
   */
  readonly arp_ignore: number;
  /** Source address of ARP requests, 0 to 2: 2 the best one for the target. The larger counts. */
  readonly arp_announce: number;
  /**
   * Tells hosts that send by way of this one, where they could do without, of the shorter way (ICMP
   * redirect). On where `all` or the device is. With NAT and all machines on one network that would
   * tell real servers to answer past the director. IPv6 has no such setting.
   */
  readonly send_redirects: boolean;
  /** IPv4: takes such hints; `ip_forward` sets that of `all` to its own opposite. */
  readonly accept_redirects: boolean;
  /**
   * IPv6: takes router advertisements: 0 never, 1 unless `forwarding` is on, 2 always. Turning on
   * `forwarding` removes default routes that were taken by 1.
   */
  readonly accept_ra: number;
  /** Takes packets with a source address of this host. */
  readonly accept_local: boolean;
  /** Keeps the other addresses of a network when its first one is removed. */
  readonly promote_secondaries: boolean;
  /** Keeps conntrack entries for connections that IPVS balances (`net.ipv4.vs.conntrack`). */
  readonly conntrack: boolean;
}

/** Name of a setting. */
export type SysctlName = keyof Sysctls;

/** See the kernel's `Documentation/networking/ip-sysctl.rst` and `ipvs-sysctl.rst`. */
const knobs: { readonly [name in SysctlName]: Knob } = {
  ip_forward: { path: 'ipv4/ip_forward', most: 'toggle' },
  forwarding: { path: 'FAMILY/conf/DEVICE/forwarding', family: 'ipv6', most: 'toggle' },
  rp_filter: { path: 'ipv4/conf/DEVICE/rp_filter', most: 2 },
  arp_ignore: { path: 'ipv4/conf/DEVICE/arp_ignore', most: 8 },
  arp_announce: { path: 'ipv4/conf/DEVICE/arp_announce', most: 2 },
  send_redirects: { path: 'ipv4/conf/DEVICE/send_redirects', most: 'toggle' },
  accept_redirects: { path: 'ipv4/conf/DEVICE/accept_redirects', most: 'toggle' },
  accept_ra: { path: 'ipv6/conf/DEVICE/accept_ra', most: 2 },
  accept_local: { path: 'ipv4/conf/DEVICE/accept_local', most: 'toggle' },
  promote_secondaries: { path: 'ipv4/conf/DEVICE/promote_secondaries', most: 'toggle' },
  conntrack: { path: 'ipv4/vs/conntrack', most: 'toggle' },
};

export const sysctlNames = Object.keys(knobs) as SysctlName[];

/** A value as the kernel's file takes it; throws on one that the setting can't have. */
export function formatValue(name: SysctlName, value: unknown): string {
  const { most } = knobs[name];
  if (most === 'toggle') return checkBoolean('value', value) ? '1' : '0';
  return String(checkInteger('value', value, 0, most));
}

/** A value as the kernel's file has it. */
export function parseValue(name: SysctlName, text: string): boolean | number {
  const number = Number.parseInt(text, 10);
  return knobs[name].most === 'toggle' ? number !== 0 : number;
}

/** The path of a setting's file below `/proc/sys/net`. */
export function pathOf(name: SysctlName, device?: string, family?: Family): string {
  const { path, family: usual } = knobs[name];
  if (family !== undefined && usual === undefined) {
    throw invalidType('family', `absent: ${name} is there for one family only`, family);
  }
  if (device !== undefined && !path.includes('DEVICE')) {
    throw invalidType('device', `absent: ${name} is not a device's`, device);
  }
  return path
    .replace('FAMILY', () => family ?? usual ?? '')
    .replace('DEVICE', () => device ?? 'all');
}

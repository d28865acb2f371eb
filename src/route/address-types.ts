import type { Family } from '../address/index.js';
import type { LabelPolicy } from './label.js';

/** How far an address is valid: one of the kernel's names, or its number (0 to 255). */
export type Scope = 'global' | 'site' | 'link' | 'host' | 'nowhere' | number;

/** What identifies an address of a device. */
export interface AddressKey {
  /** Name of the device, at most 15 bytes. */
  readonly device: string;
  /** `'10.0.0.1/24'`, `'2001:db8::1/64'`; without a length /32 or /128. With `peer` no length. */
  readonly address: string;
  /** The other end of a point-to-point link, with the prefix length. */
  readonly peer?: string;
  /** IPv4. When given to `removeAddress`, only an address with this label is removed. */
  readonly label?: string;
}

/** What `addAddress` takes: `ip address add`. Listed addresses qualify. */
export interface AddressConfig extends AddressKey {
  /**
   * IPv4, at most 15 bytes: the device's name or that and a suffix, as in `'ens3:1'`. Default: the
   * kernel takes the device's name.
   */
  readonly label?: string;
  /** `'any'` permits labels that don't begin with the device's name. Default: `'device'`. */
  readonly labelPolicy?: LabelPolicy;
  /** IPv4: an address, or `'+'` for the last one of the prefix. Default: none. */
  readonly broadcast?: string;
  /**
   * IPv4; default `'host'` for 127.0.0.0/8, `'global'` for others. The scope of an IPv6 address
   * follows from the address itself.
   */
  readonly scope?: Scope;
  /** Seconds until the kernel removes it, 1 to 4294967294. Default: forever. */
  readonly validLifetime?: number;
  /**
   * Seconds until it is no longer chosen for new connections, 0 to `validLifetime`. Default:
   * `validLifetime`.
   */
  readonly preferredLifetime?: number;
  /** IPv6: usable at once, without looking for a duplicate. Default: `false`. */
  readonly noDad?: boolean;
  /** Without the route to the prefix that the kernel adds otherwise. Default: `false`. */
  readonly noPrefixRoute?: boolean;
  /** IPv6: the home address of Mobile IPv6 (RFC 6275). Default: `false`. */
  readonly homeAddress?: boolean;
  /** IPv6, /64: the kernel makes temporary addresses of its network (RFC 8981). Default: `false`. */
  readonly manageTemporary?: boolean;
  /** Metric of the prefix's route, 0 to 4294967295; 0 is the kernel's own choice. */
  readonly metric?: number;
  /**
   * Mark of the address's owner (`IFA_PROTO`), 0 to 255; the kernel uses 1 to 3 for its own. Needs
   * Linux 5.18; older kernels pass it over.
   */
  readonly protocol?: number;
}

/** An address as the kernel has it. Flags are there only where they are `true`. */
export interface InterfaceAddress extends Omit<AddressConfig, 'labelPolicy'> {
  /** That of the address. */
  readonly family: Family;
  /** How far it is valid. */
  readonly scope: Scope;
  /** IPv4: another address of the same prefix was there first, and takes this along when it goes. */
  readonly secondary?: boolean;
  /** IPv6: made up for privacy, by RFC 8981. */
  readonly temporary?: boolean;
  /** IPv6: the search for a duplicate has not ended. */
  readonly tentative?: boolean;
  /** IPv6: another host has the address. */
  readonly dadFailed?: boolean;
  /** Its preferred lifetime has passed. */
  readonly deprecated?: boolean;
}

/** What `updateAddress` changes; what is not named stays. */
export interface AddressPatch {
  /** Seconds; `null` is forever. */
  readonly validLifetime?: number | null;
  /** Seconds; `null` is as long as `validLifetime`. */
  readonly preferredLifetime?: number | null;
  /** Metric of the prefix's route, 0 to 4294967295. */
  readonly metric?: number;
  /** Mark of the address's owner, 0 to 255. */
  readonly protocol?: number;
  /** IPv6. */
  readonly noPrefixRoute?: boolean;
  /** IPv6. */
  readonly homeAddress?: boolean;
  /** IPv6, /64. */
  readonly manageTemporary?: boolean;
}

/** What `alias` takes beside the device and the address. */
export type AliasSettings = Omit<AddressConfig, 'device' | 'address' | 'label' | 'labelPolicy'>;

/** What an `ensure…` call did. */
export type Ensured = 'created' | 'updated' | 'unchanged';

/** Which addresses to list; each condition narrows. */
export interface AddressFilter {
  /** Of this device. */
  readonly device?: string | undefined;
  /** Of this family. */
  readonly family?: Family | undefined;
  /** The address, whatever its prefix length; or with a length, exactly that. */
  readonly address?: string | undefined;
  /** A label, or a pattern with `*` and `?`: `'ens3:*'`. */
  readonly label?: string | undefined;
  /** Of this scope. */
  readonly scope?: Scope | undefined;
  /** The owner's mark. */
  readonly protocol?: number | undefined;
}

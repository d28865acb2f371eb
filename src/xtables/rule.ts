/**
 * Ports to match: `80`, `'1000-2000'`, or several of both, `'80,443,8000-8099'` or `[80, 443]`. A
 * `!` before a text inverts it: `'!80'`. Several take up to fifteen places, a range two of them.
 */
export type PortPattern = number | string | readonly (number | string)[];

/** What a rule asks of a packet beyond its header: `-m` of `iptables(8)`. */
export type Match = TcpMatch | UdpMatch | MultiportMatch | CommentMatch | MarkMatch | UnknownMatch;

/** `-m tcp`; the rule's protocol has to be tcp. */
export interface TcpMatch {
  readonly kind: 'tcp';
  /** One port or range. Default: any. */
  readonly sourcePort?: number | string | undefined;
  /** One port or range. Default: any. */
  readonly destinationPort?: number | string | undefined;
  /** TCP flags as bits: those looked at, and which of them are set (`--tcp-flags`). */
  readonly flags?:
    | {
        /** Flags that are looked at. */
        readonly mask: number;
        /** Those of them that are set. */
        readonly set: number;
        /** Inverts it. Default: `false`. */
        readonly not?: boolean | undefined;
      }
    | undefined;
  /** Number of a TCP option that is there (`--tcp-option`). */
  readonly option?:
    | {
        /** 1 to 255. */
        readonly number: number;
        /** Inverts it. Default: `false`. */
        readonly not?: boolean | undefined;
      }
    | undefined;
}

/** `-m udp`; the rule's protocol has to be udp. */
export interface UdpMatch {
  readonly kind: 'udp';
  /** One port or range. Default: any. */
  readonly sourcePort?: number | string | undefined;
  /** One port or range. Default: any. */
  readonly destinationPort?: number | string | undefined;
}

/** `-m multiport`; the rule's protocol has to be tcp, udp, udplite, dccp or sctp. */
export interface MultiportMatch {
  readonly kind: 'multiport';
  /** Which port of the packet is looked at. */
  readonly side: 'source' | 'destination' | 'either';
  /** Up to fifteen; a range counts as two. */
  readonly ports: PortPattern;
}

/** `-m comment`: matches everything. */
export interface CommentMatch {
  readonly kind: 'comment';
  /** Up to 255 bytes. */
  readonly comment: string;
}

/** `-m mark`: the packet's firewall mark. */
export interface MarkMatch {
  readonly kind: 'mark';
  /** `1`, `'0x1/0xff'` (value and mask), or either inverted: `'!0x1'`. */
  readonly mark: number | string;
}

/** A match that this package has no words for, byte for byte. */
export interface UnknownMatch {
  readonly kind: 'other';
  /** As `-m` names it. */
  readonly name: string;
  /** Which form of it the bytes have. */
  readonly revision: number;
  /** The kernel's structure, in the machine's byte order. */
  readonly data: Uint8Array;
}

/** What happens to a packet that matches: `-j` and `-g` of `iptables(8)`. */
export type Target =
  | { readonly kind: 'none' }
  | { readonly kind: 'accept' | 'drop' | 'queue' | 'return' }
  | {
      readonly kind: 'jump' | 'goto';
      /** The chain that the packet goes on in. */
      readonly chain: string;
    }
  | RedirectTarget
  | {
      /** A target that this package has no words for, byte for byte. */
      readonly kind: 'other';
      /** As `-j` names it. */
      readonly name: string;
      /** Which form of it the bytes have. */
      readonly revision: number;
      /** The kernel's structure, in the machine's byte order. */
      readonly data: Uint8Array;
    };

/** `-j REDIRECT`: to the machine itself. Table `nat`, chains PREROUTING and OUTPUT. */
export interface RedirectTarget {
  readonly kind: 'redirect';
  /** Port, or range to choose from: `8080` or `'8080-8090'`. Default: the port stays. */
  readonly toPorts?: number | string | undefined;
  /** The port is chosen at random. Default `false`. */
  readonly random?: boolean | undefined;
}

/** A rule of any table, as `iptables(8)` tells it. What is left out matches anything. */
export interface Rule {
  /** Address or prefix, `10.0.0.0/8`; `!` before it inverts: `'!10.0.0.0/8'`. */
  readonly source?: string | undefined;
  /** Address or prefix, like `source`. */
  readonly destination?: string | undefined;
  /** `'tcp'`, `'47'`, or inverted: `'!udp'`. */
  readonly protocol?: string | undefined;
  /** Interface it came in by; `+` at the end stands for anything, `!` before it inverts. */
  readonly inInterface?: string | undefined;
  /** Interface it leaves by. */
  readonly outInterface?: string | undefined;
  /** IPv4: `true`, only second and further fragments; `false`, only the others. */
  readonly fragment?: boolean | undefined;
  /** In the order in which the kernel asks them. */
  readonly matches?: readonly Match[] | undefined;
  /** Default: none, so packets are counted and go on to the next rule. */
  readonly target?: Target | undefined;
}

/** What {@link Rtnl.announceAddress} takes. */
export interface AnnouncementConfig {
  /** The device whose neighbours are told. */
  readonly device: string;
  /** `'10.0.0.1'`, `'2001:db8::1'`; a prefix length is passed over. */
  readonly address: string;
  /**
   * IPv4: an ARP question from the address about itself, an ARP answer that nobody asked for, or one
   * of each. Some neighbours heed only one of the two. Default: `'request'`, the form of RFC 5227.
   */
  readonly form?: 'request' | 'reply' | 'both';
  /** How often, 1 to 1000. Frames get lost, and switches wake up late. Default: 3. */
  readonly count?: number;
  /** Milliseconds between two, 0 to 60000. Default: 1000. */
  readonly interval?: number;
  /**
   * IPv6: whether this machine calls itself a router. Default: what the sysctl `forwarding` of the
   * device says, as the kernel does.
   */
  readonly router?: boolean;
}

/** What {@link Rtnl.probeAddress} takes. */
export interface ProbeConfig {
  /** The device whose neighbours are asked. */
  readonly device: string;
  /** `'10.0.0.1'`, `'2001:db8::1'`; a prefix length is passed over. */
  readonly address: string;
  /** How often to ask while nobody answers, 1 to 1000. Default: 3. */
  readonly count?: number;
  /** Milliseconds to listen after each question, 1 to 60000. Default: 1000. */
  readonly interval?: number;
}

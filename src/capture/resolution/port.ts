import type { Address } from '../../address/index.js';
import type { OpenOptions } from '../../options/index.js';
import { Capture } from '../capture.js';
import type { CaptureSubject } from '../explain.js';
import type { Filter } from '../filter/index.js';
import { checkCaptureOptions } from '../options.js';

/** Bytes of the longest message of ARP or neighbour discovery that matters here, and to spare. */
const snapLength = 256;
/** The least that a ring may have. */
const bufferSize = 2 * 262_144;

/** What {@link openPort} is to be used for. */
export interface Port {
  readonly device: string;
  readonly address: Address;
  readonly subject: CaptureSubject;
}

/**
 * A capture on a device that sends frames about an address, and hears what others say of it. The
 * caller closes it.
 *
 * @throws KernelError as {@link Capture.ready} does, in the words of the subject.
 */
export function openPort(
  { device, address, subject }: Port,
  options: OpenOptions,
): Promise<Capture> {
  const ipv4 = address.family === 'ipv4';
  const filter: Filter = ipv4 ? { arp: true, host: address.text } : { protocol: 'icmpv6' };
  const wanted = {
    device,
    filter,
    snapLength,
    bufferSize,
    immediate: true,
    direction: 'in',
    // Who looks whether an IPv6 address is free asks a group that this machine is no member of yet.
    promiscuous: !ipv4,
    ...options,
  } as const;
  return new Capture(checkCaptureOptions(wanted), wanted, subject).ready();
}

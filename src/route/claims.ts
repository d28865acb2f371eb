import { constants } from 'node:os';
import { decodeFrame } from '../capture/decode/index.js';
import type { Capture } from '../capture/index.js';
import type { AddressClaim } from '../capture/resolution/index.js';
import {
  arpAnnouncement,
  claimOf,
  neighbourAnnouncement,
  openPort,
  probeFrame,
} from '../capture/resolution/index.js';
import { KernelError } from '../errors/index.js';
import type { CallOptions } from '../options/index.js';
import { checkCallOptions, inNetnsFile, pause } from '../options/index.js';
import { Sysctl } from '../sysctl/index.js';
import type { ResolvedAnnouncement, ResolvedClaim } from './claim-config.js';
import { resolveAnnouncement, resolveProbe } from './claim-config.js';
import { formatMacAddress } from './hardware-address.js';
import type { Line } from './line.js';
import { getLink } from './links.js';

/** Tells the neighbours which MAC address an address has now. */
export async function announceAddress(
  line: Line,
  config: unknown,
  options: CallOptions,
): Promise<void> {
  const announcement = resolveAnnouncement(config);
  const { count, interval } = announcement;
  const router = announcement.router ?? (await isRouter(line, announcement, options));
  await withPort(line, 'announce address', announcement, options, async (port) => {
    const frames = framesOf(port.mac, announcement, router);
    for (let sent = 0; sent < count; sent++) {
      if (sent > 0) await pause(interval, options.signal);
      for (const frame of frames) await port.send(frame);
    }
  });
}

/** Asks who has an address, until somebody says so or `count` questions have gone unanswered. */
export async function probeAddress(
  line: Line,
  config: unknown,
  options: CallOptions,
): Promise<AddressClaim[]> {
  const probe = resolveProbe(config);
  const { count, interval } = probe;
  const claims = new Map<string, AddressClaim>();
  await withPort(line, 'probe address', probe, options, async (port) => {
    const heard = collect(port, probe, claims);
    // A failure shows where it is awaited, behind the questions.
    heard.catch(() => undefined);
    for (let asked = 0; asked < count && claims.size === 0; asked++) {
      await port.send(probeFrame(port.mac, probe.address));
      await pause(interval, options.signal);
    }
    await port.close();
    await heard;
  });
  return [...claims.values()];
}

function framesOf(
  mac: Uint8Array,
  { address, forms }: ResolvedAnnouncement,
  router: boolean,
): Uint8Array[] {
  if (address.family === 'ipv6') return [neighbourAnnouncement(mac, address.text, router)];
  return forms.map((form) => arpAnnouncement(mac, address.text, form));
}

/** Whoever holds the address stays its holder, also where it was heard to probe before or after. */
async function collect(
  port: Capture,
  { address }: ResolvedClaim,
  claims: Map<string, AddressClaim>,
): Promise<void> {
  const own = formatMacAddress(port.mac);
  for await (const frame of port) {
    const claim = claimOf(decodeFrame(frame), address.text);
    if (claim === undefined || claim.macAddress === own) continue;
    const known = claims.get(claim.macAddress);
    if (known?.claim !== 'holds') claims.set(claim.macAddress, claim);
  }
}

async function withPort(
  line: Line,
  operation: string,
  { device, address }: ResolvedClaim,
  options: CallOptions,
  use: (port: Capture) => Promise<void>,
): Promise<void> {
  checkCallOptions(options);
  const { signal } = options;
  const subject = { operation, object: `${address.text} on ${device}` };
  const link = await getLink(line, device, options);
  if (link?.flags.some((flag) => flag === 'loopback' || flag === 'noArp')) {
    throw new KernelError({
      ...subject,
      errno: -constants.errno.EOPNOTSUPP,
      syscall: 'sendto',
      cause: `${device} has no neighbours: it is ${link.flags.includes('loopback') ? 'the loopback device' : 'without ARP'}`,
      cure: 'name the device by which they are reached',
    });
  }
  try {
    await using port = await inNetnsFile(line.connection.netns, () =>
      openPort({ device, address, subject }, options),
    );
    await use(port);
  } catch (error) {
    // The port closes when the signal says so, and what was in flight fails by that.
    signal?.throwIfAborted();
    throw error;
  }
}

async function isRouter(
  line: Line,
  { device, address }: ResolvedAnnouncement,
  options: CallOptions,
): Promise<boolean> {
  if (address.family === 'ipv4') return false;
  await using sysctl = await inNetnsFile(line.connection.netns, () => Sysctl.open(options));
  try {
    return await sysctl.get('forwarding', { device, ...options });
  } catch (error) {
    if (!(error instanceof KernelError) || error.code !== 'ENOENT') throw error;
    // The device has no IPv6, or is not there, which shows next.
    return false;
  }
}

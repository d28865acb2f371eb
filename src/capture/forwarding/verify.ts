import type { Socket } from 'node:net';
import type { Address } from '../../address/index.js';
import { checkAddress } from '../../address/index.js';
import { openProbeSocket } from '../../netns/index.js';
import { checkInteger, checkObject, pause } from '../../options/index.js';
import type { Capture } from '../capture.js';
import { capture } from '../capture.js';
import type { Filter } from '../filter/index.js';
import { checkMac } from '../filter/index.js';
import type { Frame } from '../frame.js';
import { probeFrame } from '../resolution/index.js';
import type { Probe } from './analyse.js';
import { analyseForwarding } from './analyse.js';
import type { ForwardingOptions, ForwardingReport } from './types.js';

const keys = ['vip', 'port', 'device', 'director', 'netns', 'probes', 'timeout', 'signal'] as const;
const guePort = 6080;
/** Milliseconds for the last frames, and for answers to the question who has the address. */
const settle = 100;

/** What may have to do with a probe, in or out of a tunnel. */
const filter: Filter = {
  or: [
    { arp: true },
    { protocol: 'tcp' },
    { protocol: 'ipip' },
    { protocol: 41 },
    { protocol: 'gre' },
    { protocol: 'udp', destination: { port: guePort } },
    { protocol: 'icmpv6' },
  ],
};

/**
 * Connects to a virtual service a few times, watches the frames, and says what became of each probe:
 * who the director is, which real servers it handed them to and how (direct routing, tunnel, NAT),
 * whether they answered, and who answers for the VIP in ARP but should not.
 *
 * To be run where a client is, on whose network the VIP is: a director balances its own connections
 * in another way. All machines there are asked who has the VIP, by ARP or neighbour discovery, before
 * the probes and after; of several that answer, the client may remember any, as after a question of
 * its own. Needs `CAP_NET_RAW`.
 *
 * @throws TypeError or RangeError when an option makes no sense.
 * @throws KernelError as {@link capture} and `openProbeSocket` of `lvs/netns` do.
 */
export async function verifyForwarding(options: ForwardingOptions): Promise<ForwardingReport> {
  checkObject('options', options, keys);
  const vip = checkAddress('vip', options.vip);
  const port = checkInteger('port', options.port, 1, 0xff_ff);
  const count = checkInteger('probes', options.probes ?? 4, 1, 100);
  const timeout = checkInteger('timeout', options.timeout ?? 1000, 1, 60_000);
  const director = checkDirector(options.director);
  const { device, netns, signal } = options;
  await using frames = capture({
    device,
    netns,
    signal,
    filter,
    promiscuous: true,
    immediate: true,
  });
  await frames.ready();
  const seen = collect(frames);
  // A failure shows where it is awaited, behind the probes.
  seen.catch(() => undefined);
  await askWhoHas(frames, vip, signal);
  const probes: Probe[] = [];
  for (let index = 0; index < count; index++) {
    signal?.throwIfAborted();
    const probe = await tryOnce(options, vip, port, timeout);
    if (probe !== undefined) probes.push(probe);
  }
  // Once more, since a question may be lost.
  await askWhoHas(frames, vip, signal);
  await frames.close();
  return analyseForwarding(await seen, { vip: vip.text, port, director }, probes);
}

function checkDirector(director: unknown): string | undefined {
  return director === undefined ? undefined : checkMac('director', director);
}

async function collect(frames: Capture): Promise<Frame[]> {
  const list: Frame[] = [];
  for await (const frame of frames) list.push(frame);
  return list;
}

/** Connects once; gives the client's end, `undefined` when there was not even a way to the VIP. */
async function tryOnce(
  { netns, signal }: ForwardingOptions,
  vip: Address,
  port: number,
  timeout: number,
): Promise<Probe | undefined> {
  const socket = await openProbeSocket({ netns, signal, family: vip.family });
  try {
    const outcome = settled(socket, timeout);
    socket.connect(port, vip.text);
    // Node connects in the next tick; once the attempt has failed, nothing tells its local end.
    await new Promise(process.nextTick);
    const { localAddress, localPort } = socket;
    await outcome;
    if (localAddress === undefined || localPort === undefined) return undefined;
    return { address: localAddress, port: localPort };
  } finally {
    socket.resetAndDestroy();
  }
}

function settled(socket: Socket, timeout: number): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(end, timeout);
    socket.once('connect', end);
    socket.once('error', end);
  });
}

/** Asks all machines there, in the name of nobody. */
async function askWhoHas(frames: Capture, vip: Address, signal?: AbortSignal): Promise<void> {
  if (frames.mac.length > 0) await frames.send(probeFrame(frames.mac, vip));
  await pause(settle, signal);
}

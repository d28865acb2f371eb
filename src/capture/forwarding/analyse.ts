import { decodeFrame } from '../decode/index.js';
import type { Frame } from '../frame.js';
import { claimOf } from '../resolution/index.js';
import type { Segment } from './segment.js';
import { readSegment } from './segment.js';
import type { ForwardingReport, ForwardingServer } from './types.js';

/** One connection that was tried. */
export interface Probe {
  readonly address: string;
  readonly port: number;
}

interface Handed {
  readonly server: Omit<ForwardingServer, 'probes' | 'accepted' | 'refused' | 'unanswered'>;
  readonly director: string;
}

type Outcome = 'accepted' | 'refused' | 'unanswered';

/** What the probes were sent to. */
export interface Target {
  readonly vip: string;
  readonly port: number;
  /** Ethernet address of the director, where the caller knows it. */
  readonly director?: string | undefined;
}

/** Reads out of frames, in the order in which they were seen, what became of the probes. */
export function analyseForwarding(
  frames: readonly Frame[],
  target: Target,
  probes: readonly Probe[],
): ForwardingReport {
  const { vip, port } = target;
  const read = frames.map((frame) => {
    const layers = decodeFrame(frame);
    const claim = claimOf(layers, vip);
    const answer = claim?.claim === 'holds' ? claim.macAddress : undefined;
    return { frame, answer, segment: readSegment(layers) };
  });
  const seen = read.map(({ segment }) => segment).filter((segment) => segment !== undefined);
  const servers = new Map<string, ForwardingServer>();
  const notForwarded: Probe[] = [];
  let director = target.director;
  for (const probe of probes) {
    const handed = findHanded(opening(seen, probe), vip);
    if (handed === undefined) {
      notForwarded.push(probe);
      continue;
    }
    director ??= handed.director;
    count(servers, handed, outcomeOf(seen, probe, target));
  }
  const answers = read.map(({ answer }) => answer).filter((mac) => mac !== undefined);
  const arpAnswers = [...new Set(answers)];
  director ??= guessDirector(seen, arpAnswers, notForwarded, target);
  return {
    vip,
    port,
    director,
    servers: [...servers.values()],
    notForwarded: notForwarded.length,
    arpAnswers,
    wrongArpAnswers: arpAnswers.filter((mac) => mac !== director),
    frames: read
      .filter(({ answer, segment }) => answer !== undefined || isAbout(segment, probes))
      .map(({ frame }) => frame),
  };
}

/** The frames that ask for the probe's connection. */
function opening(seen: readonly Segment[], probe: Probe): Segment[] {
  return seen.filter((segment) => isFrom(segment, probe) && segment.opening);
}

/**
 * Nobody sent a probe on. Whoever accepted one itself is a real server that it went to past the
 * director, if somebody else has the VIP as well.
 */
function guessDirector(
  seen: readonly Segment[],
  arpAnswers: readonly string[],
  probes: readonly Probe[],
  target: Target,
): string | undefined {
  const accepting = probes
    .filter((probe) => outcomeOf(seen, probe, target) === 'accepted')
    .flatMap((probe) => opening(seen, probe).map(({ destinationMac }) => destinationMac));
  const others = arpAnswers.filter((mac) => !accepting.includes(mac));
  if (accepting.length > 0 && others.length === 1) return others[0];
  return probes.flatMap((probe) => opening(seen, probe))[0]?.destinationMac;
}

function isAbout(segment: Segment | undefined, probes: readonly Probe[]): boolean {
  if (segment === undefined) return false;
  return probes.some((probe) => isFrom(segment, probe) || isTo(segment, probe));
}

function isFrom(segment: Segment, probe: Probe): boolean {
  return segment.source === probe.address && segment.sourcePort === probe.port;
}

function isTo(segment: Segment, probe: Probe): boolean {
  return segment.destination === probe.address && segment.destinationPort === probe.port;
}

/** The first frame that is not the client's own: it was sent on, by whoever the client sent it to. */
function findHanded(sent: readonly Segment[], vip: string): Handed | undefined {
  const client = sent[0]?.sourceMac;
  let asked: string | undefined;
  for (const segment of sent) {
    const { destinationMac: mac, sourceMac, tunnel } = segment;
    // Another of its devices may send on; that one need not have the VIP.
    const director = asked ?? sourceMac;
    if (tunnel !== undefined) {
      const { type, source } = tunnel;
      const address = tunnel.destination;
      return {
        director,
        server: { method: 'tun', mac, address, port: undefined, tunnel: { type, source } },
      };
    }
    if (segment.destination !== vip) {
      const { destination: address, destinationPort: port } = segment;
      return { director, server: { method: 'nat', mac, address, port, tunnel: undefined } };
    }
    if (sourceMac !== client) {
      const none = { address: undefined, port: undefined, tunnel: undefined };
      return { director, server: { method: 'dr', mac, ...none } };
    }
    asked = mac;
  }
  return undefined;
}

/** What came back to the client from the service's address. */
function outcomeOf(seen: readonly Segment[], probe: Probe, { vip, port }: Target): Outcome {
  const answer = seen.find(
    (segment) => isTo(segment, probe) && segment.source === vip && segment.sourcePort === port,
  );
  if (answer === undefined) return 'unanswered';
  return answer.reset ? 'refused' : 'accepted';
}

function count(servers: Map<string, ForwardingServer>, { server }: Handed, outcome: Outcome): void {
  const { method, mac, address, port } = server;
  const key = [method, mac, address, port].join(' ');
  const known = servers.get(key) ?? {
    ...server,
    probes: 0,
    accepted: 0,
    refused: 0,
    unanswered: 0,
  };
  servers.set(key, { ...known, probes: known.probes + 1, [outcome]: known[outcome] + 1 });
}

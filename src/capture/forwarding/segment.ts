import type { Ipv4Layer, Ipv6Layer, Layer } from '../decode/index.js';

/** A TCP segment and what it travels in. */
export interface Segment {
  readonly sourceMac: string;
  readonly destinationMac: string;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  /** It asks for a connection. */
  readonly opening: boolean;
  /** It refuses or ends one. */
  readonly reset: boolean;
  readonly tunnel: Tunnel | undefined;
}

/** The packet around a packet. */
interface Tunnel {
  readonly type: 'ipip' | 'gre' | 'gue';
  readonly source: string;
  readonly destination: string;
}

/** What the layers of a frame say, if they are those of a TCP segment on Ethernet. */
export function readSegment(layers: readonly Layer[]): Segment | undefined {
  const [ethernet] = layers;
  const tcp = layers.find((layer) => layer.layer === 'tcp');
  const packets = layers.filter((layer) => layer.layer === 'ipv4' || layer.layer === 'ipv6');
  const inner = packets.at(-1);
  if (ethernet?.layer !== 'ethernet' || tcp === undefined || inner === undefined) return undefined;
  return {
    sourceMac: ethernet.source,
    destinationMac: ethernet.destination,
    source: inner.source,
    sourcePort: tcp.sourcePort,
    destination: inner.destination,
    destinationPort: tcp.destinationPort,
    opening: tcp.flags.includes('syn') && !tcp.flags.includes('ack'),
    reset: tcp.flags.includes('rst'),
    tunnel: tunnelOf(layers, packets),
  };
}

function tunnelOf(
  layers: readonly Layer[],
  packets: readonly (Ipv4Layer | Ipv6Layer)[],
): Tunnel | undefined {
  const outer = packets.length > 1 ? packets[0] : undefined;
  if (outer === undefined) return undefined;
  const between = layers.find(({ layer }) => layer === 'gre' || layer === 'udp');
  const type = between === undefined ? 'ipip' : between.layer === 'gre' ? 'gre' : 'gue';
  return { type, source: outer.source, destination: outer.destination };
}

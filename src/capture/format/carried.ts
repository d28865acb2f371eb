/** The IP header that carries something. */
interface Network {
  readonly version: 4 | 6;
  /** What its own field says; extension headers may lie between it and what is carried. */
  readonly protocol: number;
  readonly source: string;
  readonly destination: string;
}

/** What an IP packet carries. */
export interface Carried {
  readonly network: Network;
  readonly protocol: number;
  readonly at: number;
  /** As the IP header says. */
  readonly length: number;
  readonly fragmented: boolean;
}

/** `10.0.0.1.40000 > 10.0.0.2.80: `, without addresses where other headers were printed before. */
export function endpoints(
  { network, protocol }: Carried,
  source: number,
  destination: number,
): string {
  return network.protocol === protocol
    ? `${network.source}.${source} > ${network.destination}.${destination}: `
    : `${source} > ${destination}: `;
}

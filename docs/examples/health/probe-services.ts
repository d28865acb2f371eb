import type { Destination, Ipvs, Service } from 'lvs';

/**
 * A service of a firewall mark with one destination: the way to a real server, and the memory of
 * the checker. Its destination keeps the weight that the real server has when it is well.
 */
export interface ProbeService {
  readonly mark: number;
  readonly dest: Destination;
}

/** How many marks the checker may use, from its first one on. */
const mostMarks = 256;

/** The probe services that there are, by their destinations' addresses. */
export async function listProbeServices(
  ipvs: Ipvs,
  firstMark: number,
): Promise<Map<string, ProbeService>> {
  const { services } = await ipvs.snapshot();
  const found = new Map<string, ProbeService>();
  for (const { fwmark: mark = 0, dests } of services) {
    const [dest] = dests;
    if (mark < firstMark || mark >= firstMark + mostMarks || dest === undefined) continue;
    found.set(keyOf(dest), { mark, dest });
  }
  return found;
}

/** Makes a way to this real server alone, by which packets go as they go from the service. */
export async function addProbeService(
  ipvs: Ipvs,
  { family }: Service,
  mark: number,
  dest: Destination,
): Promise<ProbeService> {
  const key = { fwmark: mark, family };
  const unlimited = { ...dest, upperThreshold: 0, lowerThreshold: 0 };
  await Promise.all([ipvs.addService(key), ipvs.addDest(key, unlimited)]);
  return { mark, dest };
}

/** The first mark that no probe service has. */
export function freeMark(firstMark: number, taken: Iterable<ProbeService>): number {
  const marks = new Set(Array.from(taken, ({ mark }) => mark));
  let mark = firstMark;
  while (marks.has(mark)) mark++;
  return mark;
}

/** What a destination is known by. */
export function keyOf({ address, port }: Destination): string {
  return `${address} port ${port}`;
}

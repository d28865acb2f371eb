import { openProbeSocket } from 'lvs/netns';
import type { Check } from './checks.js';

/** How all probes of a service are made. */
export interface ProbeSettings {
  readonly check: Check;
  /** What clients connect to. */
  readonly vip: string;
  readonly port: number;
  /** The director's own address, which the real server answers to. */
  readonly source: string;
  /** The director's namespace. Default: the program's. */
  readonly netns?: string | undefined;
  /** Milliseconds for one probe. */
  readonly timeout: number;
}

/**
 * Probes the real server behind a mark, through the VIP: resolves to what is wrong with it, or to
 * nothing. IPVS sees the mark before it sees the address, so the packets take the service of that
 * mark, which has one destination. All the rest is what a client's connection goes through.
 */
export async function probe(mark: number, settings: ProbeSettings): Promise<Error | undefined> {
  const { check, vip, port, source, netns, timeout } = settings;
  const socket = await openProbeSocket({ mark, source, netns });
  // Without a listener, an error that comes when the check has already given up would end the program.
  socket.on('error', () => undefined);
  try {
    await check(() => socket.connect(port, vip), AbortSignal.timeout(timeout));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    socket.destroy();
  }
}

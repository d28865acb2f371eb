import type { Ipvs } from 'lvs';
import { formatServiceName } from 'lvs';

/** All services with their destinations, a line each, much as `ipvsadm -L -n` prints them. */
export async function serviceLines(ipvs: Ipvs): Promise<string[]> {
  const lines: string[] = [];
  for (const service of await ipvs.listServices()) {
    lines.push(`${formatServiceName(service)} scheduler ${service.scheduler}`);
    for (const dest of await ipvs.listDests(service)) {
      const limit = dest.upperThreshold === 0 ? '' : ` of at most ${dest.upperThreshold}`;
      lines.push(
        `  → ${dest.address}:${dest.port} ${dest.fwd} weight ${dest.weight}, ` +
          `${dest.activeConnections} active${limit}`,
      );
    }
  }
  return lines;
}

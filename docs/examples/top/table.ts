import type { Destination, Snapshot, Stats } from 'lvs';
import { formatServiceName } from 'lvs';

/** A snapshot, and when it was taken in milliseconds. */
export interface Look {
  readonly snapshot: Snapshot;
  readonly time: number;
}

const heading = ['REAL SERVER', 'FWD', 'WEIGHT', 'ACTIVE', 'INACTIVE', 'CONN/S', 'IN/S', 'OUT/S'];

/**
 * What happened between two looks, as lines of columns: a line for each service, the busiest
 * first, and one for each of its real servers below it.
 */
export function table(before: Look, now: Look): string[] {
  const seconds = Math.max((now.time - before.time) / 1000, 0.001);
  const past = countersOf(before.snapshot);
  const services = now.snapshot.services.map((service) => {
    const name = formatServiceName(service);
    const rows = service.dests.map((dest) => {
      const place = `${dest.address}:${dest.port}`;
      const rates = ratesOf(dest.stats, past.get(`${name} ${place}`), seconds);
      return { cells: cellsOf(dest, place, rates), rate: rates.connections };
    });
    const rate = rows.reduce((sum, row) => sum + row.rate, 0);
    return { title: `${name}  ${service.scheduler}`, rate, rows };
  });
  services.sort((a, b) => b.rate - a.rate || (a.title < b.title ? -1 : 1));
  const widths = heading.map((title, column) =>
    Math.max(
      title.length,
      ...services.flatMap(({ rows }) => rows.map(({ cells }) => cells[column]?.length ?? 0)),
    ),
  );
  return [
    `  ${align(heading, widths)}`,
    ...services.flatMap(({ title, rows }) => [
      title,
      ...rows.map(({ cells }) => `  ${align(cells, widths)}`),
    ]),
  ];
}

interface Rates {
  readonly connections: number;
  readonly inBytes: number;
  readonly outBytes: number;
}

function countersOf({ services }: Snapshot): Map<string, Stats> {
  return new Map(
    services.flatMap((service) =>
      service.dests.map(({ address, port, stats }) => [
        `${formatServiceName(service)} ${address}:${port}`,
        stats,
      ]),
    ),
  );
}

/** Of what is new, or was zeroed meanwhile, nothing is known yet. */
function ratesOf(now: Stats, before: Stats | undefined, seconds: number): Rates {
  const rate = (name: keyof Rates): number =>
    before === undefined ? 0 : Math.max(now[name] - before[name], 0) / seconds;
  return { connections: rate('connections'), inBytes: rate('inBytes'), outBytes: rate('outBytes') };
}

function cellsOf(dest: Destination, place: string, rates: Rates): string[] {
  return [
    place,
    dest.fwd,
    String(dest.weight),
    String(dest.activeConnections),
    String(dest.inactiveConnections),
    rates.connections.toFixed(1),
    bytes(rates.inBytes),
    bytes(rates.outBytes),
  ];
}

function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  const power = Math.min(Math.floor(Math.log10(Math.max(count, 1)) / 3), units.length - 1);
  return `${(count / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

/** Texts to the left, numbers to the right. */
function align(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, column) => {
      const width = widths[column] ?? 0;
      return column < 2 ? cell.padEnd(width) : cell.padStart(width);
    })
    .join('  ');
}

import type { CallOptions } from '../options/index.js';
import type { IpvsCore } from './core.js';
import type { CounterOptions } from './stats.js';
import { wantsBigInt } from './stats.js';
import type { Stats } from './types.js';

/**
 * The counters of the whole namespace, from `/proc/net/ip_vs_stats`: two lines of titles, a line of
 * counters, an empty line, a line of titles, a line of rates; every number in hexadecimal.
 */
export async function readTotals(
  core: IpvsCore,
  options: CallOptions & CounterOptions = {},
): Promise<Stats<number | bigint>> {
  const bigint = wantsBigInt(options);
  return parseTotals(await core.file('readStatsFile', 'read total counters', options), bigint);
}

/** Reads the text of `/proc/net/ip_vs_stats`. */
function parseTotals(text: string, bigint: boolean): Stats<number | bigint> {
  const lines = text.split('\n').filter((line) => /^\s*[0-9A-F]+(\s+[0-9A-F]+){4}\s*$/.test(line));
  const [counters = [], rates = []] = lines.map(numbersOf);
  const counter = (place: number): number | bigint => {
    const value = counters[place] ?? 0n;
    return bigint ? value : Number(value);
  };
  const rate = (place: number): number => Number(rates[place] ?? 0n);
  return {
    connections: counter(0),
    inPackets: counter(1),
    outPackets: counter(2),
    inBytes: counter(3),
    outBytes: counter(4),
    connectionRate: rate(0),
    inPacketRate: rate(1),
    outPacketRate: rate(2),
    inByteRate: rate(3),
    outByteRate: rate(4),
  };
}

function numbersOf(line: string): bigint[] {
  return line
    .trim()
    .split(/\s+/)
    .map((word) => BigInt(`0x${word}`));
}

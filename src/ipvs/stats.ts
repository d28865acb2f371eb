import type { Results } from '../native/index.js';
import type { CallOptions } from '../options/index.js';
import { checkBoolean, checkCallOptions } from '../options/index.js';
import type { StatsFields } from './tables.js';
import type { Stats } from './types.js';

/** How counters are read: as `number`, or as `bigint` where they may pass 2^53. */
export interface CounterOptions {
  /** Default: `false`. Rates are numbers in any case. */
  readonly bigint?: boolean | undefined;
}

/** `bigint` if the options ask for it. */
export type CounterOf<O extends CounterOptions> = O extends {
  /** What makes the difference. */
  readonly bigint: true;
}
  ? bigint
  : number;

/** Checks the options of a reading, and tells whether its counters are to be `bigint`. */
export function wantsBigInt(options: CallOptions & CounterOptions): boolean {
  checkCallOptions(options);
  return checkBoolean('bigint', options.bigint ?? false);
}

export function readStats(
  fields: StatsFields,
  rows: Results,
  at: number,
  bigint: boolean,
): Stats<number | bigint> {
  return bigint ? readBigInts(fields, rows, at) : readNumbers(fields, rows, at);
}

function readNumbers(fields: StatsFields, rows: Results, at: number): Stats {
  return {
    connections: fields.connections.readNumber(rows, at),
    inPackets: fields.inPackets.readNumber(rows, at),
    outPackets: fields.outPackets.readNumber(rows, at),
    inBytes: fields.inBytes.readNumber(rows, at),
    outBytes: fields.outBytes.readNumber(rows, at),
    connectionRate: fields.connectionRate.readNumber(rows, at),
    inPacketRate: fields.inPacketRate.readNumber(rows, at),
    outPacketRate: fields.outPacketRate.readNumber(rows, at),
    inByteRate: fields.inByteRate.readNumber(rows, at),
    outByteRate: fields.outByteRate.readNumber(rows, at),
  };
}

function readBigInts(fields: StatsFields, rows: Results, at: number): Stats<bigint> {
  return {
    connections: fields.connections.readBigInt(rows, at),
    inPackets: fields.inPackets.readBigInt(rows, at),
    outPackets: fields.outPackets.readBigInt(rows, at),
    inBytes: fields.inBytes.readBigInt(rows, at),
    outBytes: fields.outBytes.readBigInt(rows, at),
    connectionRate: fields.connectionRate.readNumber(rows, at),
    inPacketRate: fields.inPacketRate.readNumber(rows, at),
    outPacketRate: fields.outPacketRate.readNumber(rows, at),
    inByteRate: fields.inByteRate.readNumber(rows, at),
    outByteRate: fields.outByteRate.readNumber(rows, at),
  };
}

import type { Arena, Results } from '../native/index.js';
import type { ResolvedDest } from './dest-name.js';
import type { FullDestSettings } from './dest-settings.js';
import { readStats } from './stats.js';
import type { DestFields } from './tables.js';
import type { Destination, SeenTunnel, Tunnel, Unknown } from './types.js';

/** Writes what identifies a destination. */
export function writeDestKey(
  fields: DestFields,
  arena: Arena,
  dest: ResolvedDest,
  size = fields.keySize,
): number {
  const at = arena.record(fields.table, size);
  fields.family.writeName(arena, at, dest.family);
  fields.address.write(arena, at, dest.address);
  fields.port.write(arena, at, dest.port);
  return at;
}

/** Writes a destination whole: the kernel replaces all it has by what it gets. */
export function writeDest(
  fields: DestFields,
  arena: Arena,
  dest: ResolvedDest,
  settings: FullDestSettings,
): void {
  const size = settings.tunnel === undefined ? fields.plainSize : fields.table.size;
  const at = writeDestKey(fields, arena, dest, size);
  fields.forwarding.writeName(arena, at, settings.fwd);
  fields.weight.write(arena, at, settings.weight);
  fields.upperThreshold.write(arena, at, settings.upperThreshold);
  fields.lowerThreshold.write(arena, at, settings.lowerThreshold);
  if (settings.tunnel !== undefined) writeTunnel(fields, arena, at, settings.tunnel);
}

function writeTunnel(fields: DestFields, arena: Arena, at: number, tunnel: Tunnel): void {
  fields.tunnel.writeName(arena, at, tunnel.type ?? 'ipip');
  fields.tunnelPort.write(arena, at, tunnel.port ?? 0);
  fields.tunnelChecksum.writeName(arena, at, tunnel.checksum ?? 'none');
}

export function readDest(
  fields: DestFields,
  rows: Results,
  at: number,
  bigint: boolean,
): Destination<number | bigint> {
  const family = fields.family.readName(rows, at) ?? 'ipv4';
  const fwd = fields.forwarding.readName(rows, at) ?? unknown(fields.forwarding.read(rows, at));
  const upperThreshold = fields.upperThreshold.read(rows, at);
  const dest = {
    address: fields.address.read(rows, at, family),
    port: fields.port.read(rows, at),
    family,
    fwd,
    weight: fields.weight.read(rows, at),
    upperThreshold,
    lowerThreshold: fields.lowerThreshold.read(rows, at),
    activeConnections: fields.activeConnections.read(rows, at),
    inactiveConnections: fields.inactiveConnections.read(rows, at),
    persistentConnections: fields.persistentConnections.read(rows, at),
    stats: readStats(fields.stats, rows, at, bigint),
  };
  return fwd === 'tun' ? { ...dest, tunnel: readTunnel(fields, rows, at) } : dest;
}

function readTunnel(fields: DestFields, rows: Results, at: number): SeenTunnel {
  const type = fields.tunnel.readName(rows, at) ?? unknown(fields.tunnel.read(rows, at));
  if (type === 'ipip') return { type };
  const checksum = fields.tunnelChecksum.readName(rows, at) ?? 'none';
  return type === 'gue'
    ? { type, port: fields.tunnelPort.read(rows, at), checksum }
    : { type, checksum };
}

function unknown(value: number): Unknown {
  return `unknown-${value}`;
}

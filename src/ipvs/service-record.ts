import type { Arena, Results } from '../native/index.js';
import type { ResolvedService } from './service-name.js';
import { isServiceProtocol } from './service-name.js';
import type { FullServiceSettings } from './service-settings.js';
import { flagNumber, flagsOfScheduler } from './service-settings.js';
import { readStats } from './stats.js';
import type { ServiceBit, ServiceFields } from './tables.js';
import { schedulerBits } from './tables.js';
import type {
  OtherProtocol,
  Persistence,
  SchedulerFlag,
  Service,
  ServiceProtocol,
} from './types.js';

/** Writes what identifies a service. */
export function writeServiceKey(
  fields: ServiceFields,
  arena: Arena,
  service: ResolvedService,
  size = fields.keySize,
): number {
  const at = arena.record(fields.table, size);
  fields.family.writeName(arena, at, service.family);
  if (service.fwmark !== undefined) {
    // A mark of 0 beside an address would mean TCP 0.0.0.0:0 to the kernel, so it goes alone.
    fields.fwmark.write(arena, at, service.fwmark);
    return at;
  }
  writeProtocol(fields, arena, at, service.protocol);
  fields.address.write(arena, at, service.address);
  fields.port.write(arena, at, service.port);
  return at;
}

function writeProtocol(
  fields: ServiceFields,
  arena: Arena,
  at: number,
  protocol: ServiceProtocol | OtherProtocol,
): void {
  if (isServiceProtocol(protocol)) fields.protocol.writeName(arena, at, protocol);
  else fields.protocol.write(arena, at, Number(protocol.slice('ip-'.length)));
}

/** Writes a service whole: the kernel replaces all it has by what it gets. */
export function writeService(
  fields: ServiceFields,
  arena: Arena,
  service: ResolvedService,
  settings: FullServiceSettings,
): void {
  const at = writeServiceKey(fields, arena, service, fields.settingsSize);
  const { persistence } = settings;
  fields.scheduler.write(arena, at, settings.scheduler);
  fields.flags.write(arena, at, bitsOf(settings));
  fields.timeout.write(arena, at, persistence?.timeout ?? 0);
  if (service.family === 'ipv4') {
    fields.netmask.write(arena, at, maskOf(persistence?.prefixLength ?? 32));
  } else {
    fields.prefixLength.write(arena, at, persistence?.prefixLength ?? 128);
  }
  if (settings.persistenceEngine !== undefined) {
    fields.engine.write(arena, at, settings.persistenceEngine);
  }
}

/** Without spreading anything: of services there may be many. */
export function readService(
  fields: ServiceFields,
  rows: Results,
  at: number,
  bigint: boolean,
): Service<number | bigint> {
  const service = readEssentials(fields, rows, at, bigint);
  if (fields.flags.has(rows, at, 'persistent')) {
    service.persistence = readPersistence(fields, rows, at, service.family);
  }
  if (fields.engine.present(rows, at)) service.persistenceEngine = fields.engine.read(rows, at);
  return service;
}

/** What every service has. */
function readEssentials(
  fields: ServiceFields,
  rows: Results,
  at: number,
  bigint: boolean,
): Writable<Service<number | bigint>> {
  const family = fields.family.readName(rows, at) ?? 'ipv4';
  const scheduler = fields.scheduler.read(rows, at);
  const schedulerFlags = readSchedulerFlags(fields, rows, at, scheduler);
  const onePacket = fields.flags.has(rows, at, 'onePacket');
  const stats = readStats(fields.stats, rows, at, bigint);
  if (fields.fwmark.present(rows, at)) {
    const fwmark = fields.fwmark.read(rows, at);
    return { fwmark, family, scheduler, schedulerFlags, onePacket, stats };
  }
  return {
    protocol: fields.protocol.readName(rows, at) ?? `ip-${fields.protocol.read(rows, at)}`,
    address: fields.address.read(rows, at, family),
    port: fields.port.read(rows, at),
    family,
    scheduler,
    schedulerFlags,
    onePacket,
    stats,
  };
}

type Writable<T> = { -readonly [key in keyof T]: T[key] };

function readPersistence(
  fields: ServiceFields,
  rows: Results,
  at: number,
  family: 'ipv4' | 'ipv6',
): Required<Persistence> {
  return {
    timeout: fields.timeout.read(rows, at),
    prefixLength:
      family === 'ipv4'
        ? 32 - trailingZeros(fields.netmask.read(rows, at))
        : fields.prefixLength.read(rows, at),
  };
}

function bitsOf(settings: FullServiceSettings): ServiceBit[] {
  const bits: ServiceBit[] = settings.schedulerFlags.map(
    (flag) => `flag-${flagNumber(flag)}` as const,
  );
  if (settings.onePacket) bits.push('onePacket');
  if (settings.persistence !== undefined) bits.push('persistent');
  return bits;
}

function readSchedulerFlags(
  fields: ServiceFields,
  rows: Results,
  at: number,
  scheduler: string,
): SchedulerFlag[] {
  const flags = schedulerBits.filter((bit) => fields.flags.has(rows, at, bit));
  return flags.length === 0 ? [] : flagsOfScheduler(scheduler, flags.map(flagNumber));
}

function maskOf(prefixLength: number): number {
  return (0xffffffff << (32 - prefixLength)) >>> 0;
}

function trailingZeros(mask: number): number {
  return mask === 0 ? 32 : 31 - Math.clz32(mask & -mask);
}

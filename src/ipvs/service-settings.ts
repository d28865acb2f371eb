import type { Family } from '../address/index.js';
import { invalidType, invalidValue } from '../errors/index.js';
import {
  checkBoolean,
  checkChoice,
  checkInteger,
  checkObject,
  checkText,
} from '../options/index.js';
import type { Persistence, SchedulerFlag, Service, ServiceSettings } from './types.js';

/** A service's settings in full. */
export interface FullServiceSettings {
  readonly scheduler: string;
  readonly schedulerFlags: readonly SchedulerFlag[];
  readonly onePacket: boolean;
  readonly persistence: Required<Persistence> | undefined;
  readonly persistenceEngine: string | undefined;
}

const schedulerFlags: readonly SchedulerFlag[] = [
  'sh-fallback',
  'sh-port',
  'mh-fallback',
  'mh-port',
  'flag-1',
  'flag-2',
  'flag-3',
];

const settingNames = [
  'scheduler',
  'schedulerFlags',
  'onePacket',
  'persistence',
  'persistenceEngine',
] as const;
const keyNames = ['protocol', 'address', 'port', 'fwmark', 'family'] as const;

const longestScheduler = 15;
const longestEngine = 15;
const defaultTimeout = 300;
/** The kernel multiplies by its clock rate, up to 1000, and wraps silently beyond 31 bits. */
const longestTimeout = Math.floor((2 ** 31 - 1) / 1000);

const defaults: FullServiceSettings = {
  scheduler: 'wlc',
  schedulerFlags: [],
  onePacket: false,
  persistence: undefined,
  persistenceEngine: undefined,
};

/** Checks what `addService` was given and fills in the defaults. */
export function completeService(family: Family, config: object): FullServiceSettings {
  checkObject('service', config, [...keyNames, ...settingNames, 'stats', 'dests']);
  return mergeService(family, defaults, config);
}

/** Checks a patch. */
export function checkServicePatch(patch: unknown): ServiceSettings {
  return checkObject('patch', patch, settingNames) as ServiceSettings;
}

/** The settings with those that the patch names replaced; the others stay as they are. */
export function mergeService(
  family: Family,
  current: FullServiceSettings,
  patch: ServiceSettings,
): FullServiceSettings {
  const { scheduler, schedulerFlags: flags, onePacket, persistence, persistenceEngine } = patch;
  const newScheduler =
    scheduler === undefined
      ? current.scheduler
      : checkText('scheduler', scheduler, longestScheduler);
  const merged = {
    scheduler: newScheduler,
    schedulerFlags:
      flags === undefined
        ? flagsOfScheduler(newScheduler, current.schedulerFlags.map(flagNumber))
        : checkFlags(flags),
    onePacket: onePacket === undefined ? current.onePacket : checkBoolean('onePacket', onePacket),
    persistence:
      'persistence' in patch
        ? mergePersistence(family, current.persistence, persistence)
        : current.persistence,
    persistenceEngine:
      'persistenceEngine' in patch ? checkEngine(persistenceEngine) : current.persistenceEngine,
  };
  checkFlagsFit(merged.scheduler, merged.schedulerFlags);
  return merged;
}

/** The settings of a service that was read from the kernel. */
export function settingsOf(service: Service<number | bigint>): FullServiceSettings {
  const { scheduler, schedulerFlags: flags, onePacket, persistence, persistenceEngine } = service;
  return { scheduler, schedulerFlags: flags, onePacket, persistence, persistenceEngine };
}

/** Whether two services are set the same way. */
export function sameServiceSettings(a: FullServiceSettings, b: FullServiceSettings): boolean {
  return (
    a.scheduler === b.scheduler &&
    a.onePacket === b.onePacket &&
    a.persistenceEngine === b.persistenceEngine &&
    a.persistence?.timeout === b.persistence?.timeout &&
    a.persistence?.prefixLength === b.persistence?.prefixLength &&
    flagNumbers(a.schedulerFlags) === flagNumbers(b.schedulerFlags)
  );
}

/** `sh-fallback` is scheduler flag 1, `sh-port` is 2, and so for `mh`. */
export function flagNumber(flag: SchedulerFlag): 1 | 2 | 3 {
  if (flag === 'flag-3') return 3;
  return flag === 'flag-1' || flag.endsWith('fallback') ? 1 : 2;
}

/** The names that a scheduler's flags go by: flags 1 and 2 of `sh` and `mh` have their own. */
export function flagsOfScheduler(
  scheduler: string,
  numbers: readonly (1 | 2 | 3)[],
): SchedulerFlag[] {
  const owner = scheduler === 'sh' || scheduler === 'mh' ? scheduler : undefined;
  return numbers.map((number): SchedulerFlag => {
    if (owner === undefined || number === 3) return `flag-${number}`;
    return number === 1 ? `${owner}-fallback` : `${owner}-port`;
  });
}

function flagNumbers(flags: readonly SchedulerFlag[]): string {
  return [...new Set(flags.map(flagNumber))].sort().join();
}

function checkFlags(flags: unknown): readonly SchedulerFlag[] {
  if (!Array.isArray(flags)) throw invalidType('schedulerFlags', 'an array of flags', flags);
  return flags.map((flag) => checkChoice('schedulerFlags', flag, schedulerFlags));
}

function checkFlagsFit(scheduler: string, flags: readonly SchedulerFlag[]): void {
  for (const flag of flags) {
    const owner = flag.slice(0, 2);
    if (!flag.startsWith('flag-') && owner !== scheduler) {
      throw invalidValue(
        'schedulerFlags',
        `flags of scheduler ${scheduler} ('${flag}' belongs to ${owner})`,
        flags,
      );
    }
  }
}

function mergePersistence(
  family: Family,
  current: Required<Persistence> | undefined,
  persistence: ServiceSettings['persistence'],
): Required<Persistence> | undefined {
  if (persistence === undefined || persistence === false) return undefined;
  const whole = family === 'ipv4' ? 32 : 128;
  const base = current ?? { timeout: defaultTimeout, prefixLength: whole };
  if (persistence === true) return base;
  checkObject('persistence', persistence, ['timeout', 'prefixLength']);
  const { timeout = base.timeout, prefixLength = base.prefixLength } = persistence;
  return {
    timeout: checkInteger('persistence.timeout', timeout, 1, longestTimeout),
    prefixLength: checkInteger('persistence.prefixLength', prefixLength, 1, whole),
  };
}

function checkEngine(engine: unknown): string | undefined {
  return engine === undefined ? undefined : checkText('persistenceEngine', engine, longestEngine);
}

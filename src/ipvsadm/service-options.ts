import { invalidValue } from '../errors/index.js';
import type { SchedulerFlag, ServiceSettings } from '../ipvs/index.js';
import { defaultScheduler, defaultTimeout, longestTimeout } from './defaults.js';
import type { OptionName } from './options.js';
import type { RuleService } from './rule.js';
import { choiceOf, decimal, endpointOf, numberOf, prefixLengthOf, textOf } from './values.js';
import type { Given } from './words.js';

const protocols = {
  'tcp-service': 'tcp',
  'udp-service': 'udp',
  'sctp-service': 'sctp',
} as const satisfies { readonly [name in OptionName]?: string };

const flags: readonly SchedulerFlag[] = [
  'flag-1',
  'flag-2',
  'flag-3',
  'sh-fallback',
  'sh-port',
  'mh-fallback',
  'mh-port',
];
/** What the kernel's field holds without its NUL. */
const longestName = 15;

/** The service that a command names, if it does. */
export function serviceOf(given: readonly Given[]): RuleService | undefined {
  let service: RuleService | undefined;
  for (const option of given) {
    if (option.name === 'fwmark-service') {
      service = { fwmark: markOf(option), family: 'ipv4' };
    } else if (option.name === 'ipv6') {
      if (service?.fwmark === undefined) {
        throw invalidValue(option.written, 'given after -f only', option.written);
      }
      service = { fwmark: service.fwmark, family: 'ipv6' };
    } else if (isProtocolOption(option.name)) {
      const { address, family, port = 0 } = endpointOf(option);
      service = { protocol: protocols[option.name], address, port, family };
    }
  }
  return service;
}

function isProtocolOption(name: OptionName): name is keyof typeof protocols {
  return Object.hasOwn(protocols, name);
}

/** ipvsadm prints marks from 2^31 on as negative numbers, and then can't read them. */
function markOf(option: Given): number {
  const value = decimal(option.written, option.value, -(2 ** 31), 2 ** 32 - 1);
  if (value === 0) throw invalidValue(option.written, 'a mark other than 0', value);
  return value >>> 0;
}

/** All settings of a service, with ipvsadm's defaults for those that are not given. */
export function serviceSettingsOf(
  service: RuleService,
  given: readonly Given[],
): Required<ServiceSettings> {
  const find = (name: OptionName): Given | undefined =>
    given.find((option) => option.name === name);
  const [scheduler, schedulerFlags, engine] = [find('scheduler'), find('sched-flags'), find('pe')];
  const chosen = scheduler ? textOf(scheduler, longestName) : defaultScheduler;
  const settings = {
    scheduler: chosen,
    schedulerFlags: schedulerFlags ? flagsOf(schedulerFlags, chosen) : [],
    onePacket: find('ops') !== undefined,
    persistence: persistenceOf(service, given),
    persistenceEngine: engine && textOf(engine, longestName),
  };
  checkPort(service, settings);
  checkOnePacket(service, find('ops'));
  return settings;
}

function persistenceOf(
  service: RuleService,
  given: readonly Given[],
): Required<ServiceSettings>['persistence'] {
  const persistent = given.find((option) => option.name === 'persistent');
  const netmask = given.find((option) => option.name === 'netmask');
  const whole = service.family === 'ipv6' ? 128 : 32;
  const prefixLength = netmask ? netmaskOf(service, netmask, given) : whole;
  if (persistent === undefined) return undefined;
  const timeout =
    persistent.value === undefined ? defaultTimeout : numberOf(persistent, 1, longestTimeout);
  return { timeout, prefixLength };
}

/** ipvsadm forgets a mask when it comes upon an IPv6 service, and reads the mask as IPv4's before. */
function netmaskOf(service: RuleService, netmask: Given, given: readonly Given[]): number {
  if (service.family !== 'ipv6') return prefixLengthOf(netmask);
  const later = given.slice(given.indexOf(netmask));
  if (later.some(({ name }) => name.endsWith('-service') || name === 'ipv6')) {
    const expected = 'given after an IPv6 service (ipvsadm would not heed it)';
    throw invalidValue(netmask.written, expected, netmask.value);
  }
  return numberOf(netmask, 1, 128);
}

function flagsOf(option: Given, scheduler: string): SchedulerFlag[] {
  const words = (option.value ?? '').split(',').filter((word) => word !== '');
  return words.map((value) => {
    const flag = choiceOf({ ...option, value }, flags);
    if (!flag.startsWith('flag-') && flag.slice(0, 2) !== scheduler) {
      const expected = `flags of scheduler ${scheduler} ('${flag}' is one of ${flag.slice(0, 2)})`;
      throw invalidValue(option.written, expected, option.value);
    }
    return flag;
  });
}

function checkPort(service: RuleService, settings: ServiceSettings): void {
  if (service.port === 0 && settings.persistence === undefined) {
    throw invalidValue('-p', 'given with port 0', undefined);
  }
}

function checkOnePacket(service: RuleService, option: Given | undefined): void {
  if (option && service.protocol !== undefined && service.protocol !== 'udp') {
    throw invalidValue(option.written, 'given with -u or -f', option.written);
  }
}

import { checkChoice, checkInteger } from '../options/index.js';
import type { RouteProtocol, RouteType, RoutingTable } from './route-types.js';

export const routeTypes: readonly RouteType[] = [
  'unicast',
  'local',
  'broadcast',
  'anycast',
  'multicast',
  'blackhole',
  'unreachable',
  'prohibit',
  'throw',
];
export const protocolNames = [
  'unspecified',
  'redirect',
  'kernel',
  'boot',
  'static',
  'ra',
  'zebra',
  'bird',
  'dhcp',
  'keepalived',
  'bgp',
  'ospf',
] as const;
export const tableNames = ['main', 'local', 'default'] as const;

export function checkTable(name: string, value: unknown): RoutingTable {
  return typeof value === 'number'
    ? checkInteger(name, value, 1, 0xff_ff_ff_ff)
    : checkChoice(name, value, tableNames);
}

export function checkRouteProtocol(name: string, value: unknown): RouteProtocol {
  return typeof value === 'number'
    ? checkInteger(name, value, 0, 255)
    : checkChoice(name, value, protocolNames);
}

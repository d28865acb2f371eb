import { checkAddress } from '../../address/index.js';
import { invalidType, invalidValue } from '../../errors/index.js';
import { checkBoolean, checkInteger, checkObject } from '../../options/index.js';
import { refuseContradictions } from './contradictions.js';
import { etherTypes } from './headers.js';
import type { Side, Test } from './tests.js';
import {
  addressIs,
  all,
  any,
  isArp,
  macIs,
  not,
  portIs,
  protocolIs,
  protocolNumbers,
  tcpFlagsAre,
  typeIs,
  vlanIs,
} from './tests.js';
import type { Filter, FilterEndpoint, FilterProtocol, TcpFlagsFilter } from './types.js';

const endpointKeys = ['host', 'network', 'port', 'mac'] as const;
const filterKeys = [
  ...endpointKeys,
  'source',
  'destination',
  'protocol',
  'vlan',
  'arp',
  'tcpFlags',
  'not',
  'and',
  'or',
] as const;
/** In the order of their bits in the header (RFC 9293). */
const flagNames = ['fin', 'syn', 'rst', 'psh', 'ack', 'urg', 'ece', 'cwr'] as const;
const bothSides: readonly Side[] = ['source', 'destination'];
const mostDepth = 100;

/** The conditions of a filter as tests; throws on what makes no sense, and says where it is. */
export function readFilter(name: string, filter: Filter, depth = 0): Test {
  checkObject(name, filter, filterKeys);
  if (depth > mostDepth) throw invalidValue(name, `nested at most ${mostDepth} deep`, filter);
  refuseContradictions(name, filter);
  const tests = [
    ...readEndpoint(name, filter, bothSides),
    ...readSide(`${name}.source`, filter.source, 'source'),
    ...readSide(`${name}.destination`, filter.destination, 'destination'),
    ...readProtocol(`${name}.protocol`, filter.protocol),
    ...readVlan(`${name}.vlan`, filter.vlan),
    ...readFlags(`${name}.tcpFlags`, filter.tcpFlags),
  ];
  if (filter.arp !== undefined) {
    tests.push(checkBoolean(`${name}.arp`, filter.arp) ? isArp : not(isArp));
  }
  if (filter.not !== undefined) tests.push(not(readFilter(`${name}.not`, filter.not, depth + 1)));
  if (filter.and !== undefined) tests.push(all(...readList(`${name}.and`, filter.and, depth)));
  if (filter.or !== undefined) tests.push(any(...readList(`${name}.or`, filter.or, depth)));
  if (tests.length === 0) throw invalidValue(name, 'at least one condition', filter);
  return all(...tests);
}

function readList(name: string, filters: readonly Filter[], depth: number): Test[] {
  if (!Array.isArray(filters)) throw invalidType(name, 'an array of filters', filters);
  if (filters.length === 0) throw invalidValue(name, 'at least one filter', filters);
  return filters.map((filter: Filter, index) => readFilter(`${name}[${index}]`, filter, depth + 1));
}

function readSide(name: string, side: Filter['source'], which: Side): Test[] {
  if (side === undefined) return [];
  if (typeof side === 'string') {
    return [side.includes('/') ? readNetwork(name, side, [which]) : readHost(name, side, [which])];
  }
  checkObject(name, side, endpointKeys);
  const tests = readEndpoint(name, side, [which]);
  if (tests.length === 0) throw invalidValue(name, 'at least one condition', side);
  return tests;
}

function readEndpoint(name: string, endpoint: FilterEndpoint, sides: readonly Side[]): Test[] {
  const { host, network, port, mac } = endpoint;
  return [
    ...(host === undefined ? [] : [readHost(`${name}.host`, host, sides)]),
    ...(network === undefined ? [] : [readNetwork(`${name}.network`, network, sides)]),
    ...(port === undefined ? [] : [readPort(`${name}.port`, port, sides)]),
    ...(mac === undefined ? [] : [readMac(`${name}.mac`, mac, sides)]),
  ];
}

function onSides(sides: readonly Side[], test: (side: Side) => Test): Test {
  return any(...sides.map(test));
}

function readHost(name: string, host: string, sides: readonly Side[]): Test {
  const { family, text } = checkAddress(name, host);
  return onSides(sides, (side) => addressIs(side, text, family === 'ipv4' ? 32 : 128));
}

function readNetwork(name: string, network: string, sides: readonly Side[]): Test {
  const parts = typeof network === 'string' ? network.split('/') : [];
  const [address = '', length, ...rest] = parts;
  if (!/^\d{1,3}$/.test(length ?? '') || rest.length > 0) {
    throw invalidValue(name, "a network such as '10.0.0.0/24'", network);
  }
  const { family, text } = checkAddress(name, address);
  const prefixLength = checkInteger(name, Number(length), 0, family === 'ipv4' ? 32 : 128);
  return onSides(sides, (side) => addressIs(side, text, prefixLength));
}

function readPort(name: string, port: FilterEndpoint['port'], sides: readonly Side[]): Test {
  const range = Array.isArray(port) ? port : [port, port];
  if (range.length !== 2)
    throw invalidValue(name, 'a port, or the first and last of a range', port);
  const first = checkInteger(name, range[0], 0, 0xff_ff);
  const last = checkInteger(name, range[1], first, 0xff_ff);
  return onSides(sides, (side) => portIs(side, first, last));
}

function readMac(name: string, mac: string, sides: readonly Side[]): Test {
  const bytes = Uint8Array.from(checkMac(name, mac).split(':'), (pair) =>
    Number.parseInt(pair, 16),
  );
  return onSides(sides, (side) => macIs(side, bytes));
}

/** An Ethernet address, in small letters. */
export function checkMac(name: string, mac: unknown): string {
  if (typeof mac !== 'string') throw invalidType(name, 'an Ethernet address', mac);
  if (!/^[\da-f]{2}(:[\da-f]{2}){5}$/i.test(mac)) {
    throw invalidValue(name, "an Ethernet address such as '02:00:00:00:00:01'", mac);
  }
  return mac.toLowerCase();
}

const protocolTests: { readonly [name in FilterProtocol]: Test } = {
  ipv4: typeIs(etherTypes.ipv4),
  ipv6: typeIs(etherTypes.ipv6),
  tcp: protocolIs(protocolNumbers.tcp),
  udp: protocolIs(protocolNumbers.udp),
  sctp: protocolIs(protocolNumbers.sctp),
  icmp: all(typeIs(etherTypes.ipv4), protocolIs(protocolNumbers.icmp)),
  icmpv6: all(typeIs(etherTypes.ipv6), protocolIs(protocolNumbers.icmpv6)),
  ipip: protocolIs(protocolNumbers.ipip),
  gre: protocolIs(protocolNumbers.gre),
};

function readProtocol(name: string, protocol: Filter['protocol']): Test[] {
  if (protocol === undefined) return [];
  if (typeof protocol === 'number') return [protocolIs(checkInteger(name, protocol, 0, 255))];
  if (typeof protocol === 'string' && Object.hasOwn(protocolTests, protocol)) {
    return [protocolTests[protocol]];
  }
  const names = Object.keys(protocolTests).map((known) => `'${known}'`);
  throw invalidValue(name, `a number, or one of ${names.join(', ')}`, protocol);
}

function readVlan(name: string, vlan: Filter['vlan']): Test[] {
  if (vlan === undefined) return [];
  return [vlanIs(typeof vlan === 'boolean' ? vlan : checkInteger(name, vlan, 0, 0xf_ff))];
}

function readFlags(name: string, flags: TcpFlagsFilter | undefined): Test[] {
  if (flags === undefined) return [];
  checkObject(name, flags, flagNames);
  let mask = 0;
  let set = 0;
  for (const [bit, flag] of flagNames.entries()) {
    const wanted = flags[flag];
    if (wanted === undefined) continue;
    mask |= 1 << bit;
    if (checkBoolean(`${name}.${flag}`, wanted)) set |= 1 << bit;
  }
  if (mask === 0) throw invalidValue(name, 'at least one flag', flags);
  return [tcpFlagsAre(mask, set)];
}

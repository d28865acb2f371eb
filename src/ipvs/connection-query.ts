import { checkAddress } from '../address/index.js';
import { invalidType, invalidValue } from '../errors/index.js';
import type { Arena } from '../native/index.js';
import {
  checkCallOptions,
  checkChoice,
  checkInteger,
  checkObject,
  checkText,
} from '../options/index.js';
import type { QueryFields } from './connection-fields.js';
import { countedBy, filterProtocols, sources, templateChoices } from './connection-fields.js';
import type {
  ConnectionFilter,
  ConnectionOptions,
  CountedBy,
  CountOptions,
} from './connection-types.js';
import { resolveDest } from './dest-name.js';
import { resolveService } from './service-name.js';

const filterNames = [
  'service',
  'dest',
  'client',
  'state',
  'protocol',
  'templates',
  'sample',
] as const;
const callNames = ['signal', 'timeout'] as const;
const optionNames = [...filterNames, ...callNames, 'limit', 'pageSize', 'source'] as const;
const countNames = [...filterNames, ...callNames, 'by'] as const;

const defaultPageSize = 1000;
const largestPage = 65536;
const largestSample = 2 ** 32 - 1;
const longestState = 15;

/** A listing that was checked: how much, and how to write its filter. */
export interface ConnectionQuery {
  readonly limit: number;
  readonly pageSize: number;
  readonly sync: boolean;
  readonly write: (arena: Arena, cursor: number) => void;
}

/** Checks what a listing was asked for. */
export function checkConnectionOptions(
  fields: QueryFields,
  options: ConnectionOptions,
): ConnectionQuery {
  checkObject('options', options, optionNames);
  checkCallOptions(options);
  const { limit = Number.POSITIVE_INFINITY, pageSize = defaultPageSize } = options;
  if (limit !== Number.POSITIVE_INFINITY) {
    checkInteger('limit', limit, 1, Number.MAX_SAFE_INTEGER);
  }
  const rows = Math.min(checkInteger('pageSize', pageSize, 1, largestPage), limit);
  const source = checkChoice('source', options.source ?? 'connections', sources);
  const filters = filtersOf(fields, options);
  return {
    limit,
    pageSize: rows,
    sync: source === 'sync',
    write: (arena, cursor) => {
      const at = arena.record(fields.table);
      fields.cursor.write(arena, at, cursor);
      fields.rows.write(arena, at, rows);
      fields.source.writeName(arena, at, source);
      for (const filter of filters) filter(arena, at);
    },
  };
}

/** Checks what connections are to be counted by, and how to write it. */
export function checkCountOptions(
  fields: QueryFields,
  options: CountOptions,
): Pick<ConnectionQuery, 'write'> & { readonly by: readonly CountedBy[] } {
  checkObject('options', options, countNames);
  checkCallOptions(options);
  const { by = [] } = options;
  if (!Array.isArray(by)) throw invalidType('by', 'an array', by);
  const names = by.map((name) => checkChoice('by', name, countedBy));
  const filters = filtersOf(fields, options);
  return {
    by: names,
    write: (arena, cursor) => {
      const at = arena.record(fields.table);
      fields.cursor.write(arena, at, cursor);
      fields.rows.write(arena, at, largestPage);
      fields.by.write(arena, at, bitsOf(names));
      for (const filter of filters) filter(arena, at);
    },
  };
}

function bitsOf(by: readonly CountedBy[]): number {
  return by.reduce((bits, name) => bits | (1 << countedBy.indexOf(name)), 0);
}

type Filter = (arena: Arena, at: number) => void;

function filtersOf(fields: QueryFields, filter: ConnectionFilter): Filter[] {
  const { service, dest, client, state, protocol, templates, sample } = filter;
  const filters: Filter[] = [];
  if (sample !== undefined) {
    const rows = checkInteger('sample', sample, 1, largestSample);
    filters.push((arena, at) => fields.sample.write(arena, at, rows));
  }
  if (protocol !== undefined) {
    const name = checkChoice('protocol', protocol, filterProtocols);
    filters.push((arena, at) => fields.protocol.writeName(arena, at, name));
  }
  if (templates !== undefined) {
    const name = checkChoice('templates', templates, templateChoices);
    filters.push((arena, at) => fields.templates.writeName(arena, at, name));
  }
  if (state !== undefined) {
    const text = checkText('state', state, longestState);
    filters.push((arena, at) => fields.state.write(arena, at, text));
  }
  if (service !== undefined) filters.push(serviceFilter(fields, service));
  if (dest !== undefined) filters.push(destFilter(fields, dest));
  if (client !== undefined) filters.push(clientFilter(fields, client));
  return filters;
}

/** Only templates show a firewall mark; connections keep the address that the client spoke to. */
function serviceFilter(
  fields: QueryFields,
  name: NonNullable<ConnectionFilter['service']>,
): Filter {
  const service = resolveService(name);
  if (service.fwmark !== undefined) {
    const { fwmark } = service;
    return (arena, at) => fields.fwmark.write(arena, at, fwmark);
  }
  const protocol = checkChoice('service.protocol', service.protocol, filterProtocols);
  return (arena, at) => {
    fields.protocol.writeName(arena, at, protocol);
    fields.virtual.write(arena, at, service.address);
    fields.virtualPort.write(arena, at, service.port);
  };
}

function destFilter(fields: QueryFields, name: NonNullable<ConnectionFilter['dest']>): Filter {
  const anyPort = { fwmark: 1, family: 'ipv4', port: 0, name: '' } as const;
  const dest = resolveDest(anyPort, name);
  return (arena, at) => {
    fields.dest.write(arena, at, dest.address);
    if (dest.port !== 0) fields.destPort.write(arena, at, dest.port);
  };
}

function clientFilter(fields: QueryFields, client: unknown): Filter {
  if (typeof client !== 'string') throw invalidType('client', 'an address or a network', client);
  const [address, length, ...rest] = client.split('/');
  if (rest.length > 0)
    throw invalidValue('client', "an address or a network, '10.0.0.0/8'", client);
  const { family, text } = checkAddress('client', address);
  const whole = family === 'ipv4' ? 32 : 128;
  const prefixLength =
    length === undefined ? whole : checkInteger('client', Number(length || Number.NaN), 0, whole);
  return (arena, at) => {
    fields.client.write(arena, at, text);
    fields.clientPrefixLength.write(arena, at, prefixLength);
  };
}

import { familyOf } from '../../address/index.js';
import { invalidValue } from '../../errors/index.js';
import type { Filter, FilterEndpoint } from './types.js';

/**
 * Throws on conditions side by side that no frame can meet. Each is looked at as it was given: what
 * is wrong in itself is found elsewhere.
 */
export function refuseContradictions(name: string, filter: Filter): void {
  const { protocol, arp, tcpFlags } = filter;
  const endpoints = endpointsOf(filter);
  const ports = endpoints.some(({ port }) => port !== undefined);
  if (ports && !oneOf(protocol, [undefined, 'tcp', 'udp', 'sctp', 'ipv4', 'ipv6', 6, 17, 132])) {
    throw invalidValue(`${name}.protocol`, "'tcp', 'udp' or 'sctp' beside a port", protocol);
  }
  if (tcpFlags !== undefined && !oneOf(protocol, [undefined, 'tcp', 'ipv4', 'ipv6', 6])) {
    throw invalidValue(`${name}.protocol`, "'tcp' beside tcpFlags", protocol);
  }
  if (arp === true && (ports || tcpFlags !== undefined || protocol !== undefined)) {
    throw invalidValue(`${name}.arp`, 'without a protocol, a port or TCP flags: ARP has none', arp);
  }
  const families = new Set(
    endpoints.flatMap(({ host, network }) => [family(host), family(network)]),
  );
  families.delete(undefined);
  if (families.size > 1) {
    throw invalidValue(name, 'about addresses of one family', filter);
  }
  refuseFamily(name, protocol, families.values().next().value);
}

function refuseFamily(
  name: string,
  protocol: Filter['protocol'],
  addresses: 'ipv4' | 'ipv6' | undefined,
): void {
  const other = addresses === 'ipv4' ? ['ipv6', 'icmpv6'] : ['ipv4', 'icmp'];
  if (addresses !== undefined && oneOf(protocol, other)) {
    throw invalidValue(`${name}.protocol`, `one that ${addresses} addresses have`, protocol);
  }
}

function endpointsOf(filter: Filter): FilterEndpoint[] {
  const endpoints: FilterEndpoint[] = [filter];
  for (const side of [filter.source, filter.destination]) {
    if (typeof side === 'string') endpoints.push({ network: side });
    else if (typeof side === 'object' && side !== null) endpoints.push(side);
  }
  return endpoints;
}

function family(address: unknown): 'ipv4' | 'ipv6' | undefined {
  return typeof address === 'string' ? familyOf(address.split('/')[0] ?? '') : undefined;
}

function oneOf(protocol: Filter['protocol'], known: readonly unknown[]): boolean {
  return known.includes(protocol);
}

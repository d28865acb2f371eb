import type { Protocol } from '../native/index.js';
import { loadProtocol } from '../native/index.js';
import { AddressRecord } from './address-record.js';
import { LinkRecord } from './link-record.js';
import { NeighbourRecord } from './neighbour-record.js';
import { RouteRecord } from './route-record.js';
import { RuleRecord } from './rule-record.js';

/** The addon's rtnetlink protocol with the records that this module uses. */
export interface Bound {
  readonly protocol: Protocol;
  readonly address: AddressRecord;
  readonly link: LinkRecord;
  readonly route: RouteRecord;
  readonly rule: RuleRecord;
  readonly neighbour: NeighbourRecord;
}

let bound: Bound | undefined;

/** Loads the addon and looks up every field by name, the first time. */
export function bind(): Bound {
  bound ??= bindTo(loadProtocol('route'));
  return bound;
}

/** @internal For tests. */
export function bindTo(protocol: Protocol): Bound {
  return {
    protocol,
    address: new AddressRecord(protocol),
    link: new LinkRecord(protocol),
    route: new RouteRecord(protocol),
    rule: new RuleRecord(protocol),
    neighbour: new NeighbourRecord(protocol),
  };
}

/**
 * Addresses, devices and routes: what `ip` does, over rtnetlink.
 *
 * @module
 */
export type { Family } from '../address/index.js';
export type { AddressClaim } from '../capture/resolution/index.js';
export { HandleError, KernelError, LoadError, LvsError } from '../errors/index.js';
export type { CallOptions, OpenOptions } from '../options/index.js';
export { Watch } from '../watch/index.js';
export type {
  AddressConfig,
  AddressFilter,
  AddressKey,
  AddressPatch,
  AliasSettings,
  Ensured,
  InterfaceAddress,
  Scope,
} from './address-types.js';
export type { AnnouncementConfig, ProbeConfig } from './claim-types.js';
export { Fou } from './fou.js';
export type { FouPort, FouPortConfig, FouPortKey } from './fou-types.js';
export type { LabelPolicy } from './label.js';
export type {
  BondConfig,
  BridgeConfig,
  CommonLinkConfig,
  DummyConfig,
  HardwareType,
  Ipv4TunnelConfig,
  Ipv6TunnelConfig,
  Link,
  LinkConfig,
  LinkFilter,
  LinkFlag,
  LinkKind,
  LinkPatch,
  LinkSettings,
  MacvlanConfig,
  OperationalState,
  TunnelConfig,
  VethConfig,
  VethPeer,
  VlanConfig,
} from './link-types.js';
export type {
  Neighbour,
  NeighbourConfig,
  NeighbourFilter,
  NeighbourKey,
  NeighbourState,
} from './neighbour-types.js';
export type {
  NextHop,
  Route,
  RouteConfig,
  RouteFilter,
  RouteKey,
  RouteLookup,
  RouteProtocol,
  RouteType,
  RoutingTable,
} from './route-types.js';
export { Rtnl } from './rtnl.js';
export type { Rule, RuleAction, RuleConfig, RuleFilter } from './rule-types.js';
export type {
  AddressEvent,
  EventOrigin,
  LinkEvent,
  NeighbourEvent,
  ObjectChange,
  ObjectEvent,
  OverrunEvent,
  RouteEvent,
  RuleEvent,
  SettledEvent,
  WatchEvent,
  WatchOptions,
} from './watch/index.js';

/**
 * Addresses, devices and routes: what `ip` does, over rtnetlink.
 *
 * @module
 */
export type { Family } from '../address/index.js';
export { HandleError, KernelError, LoadError, LvsError } from '../errors/index.js';
export type { CallOptions, OpenOptions } from '../options/index.js';
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
export type { LabelPolicy } from './label.js';
export type {
  BridgeConfig,
  CommonLinkConfig,
  DummyConfig,
  HardwareType,
  Link,
  LinkConfig,
  LinkFilter,
  LinkFlag,
  LinkKind,
  LinkPatch,
  LinkSettings,
  OperationalState,
  VethConfig,
  VethPeer,
} from './link-types.js';
export type {
  NextHop,
  Route,
  RouteConfig,
  RouteFilter,
  RouteKey,
  RouteProtocol,
  RouteType,
  RoutingTable,
} from './route-types.js';
export { Rtnl } from './rtnl.js';

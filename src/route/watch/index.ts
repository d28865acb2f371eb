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
} from './types.js';
export { watch } from './watch.js';

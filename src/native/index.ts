export { Arena } from './arena.js';
export { Connection } from './connection.js';
export type { Exchange, Reply } from './exchange.js';
export { Failure } from './failure.js';
export type {
  AddressField,
  BytesField,
  ChoiceField,
  CounterField,
  FlagsField,
  NumberField,
  TextField,
} from './fields.js';
export { inspectHandle } from './inspect.js';
export { KeyedQueue } from './keyed-queue.js';
export { loadAddon } from './loader.js';
export { loadProtocol, openConnection } from './open.js';
export { explainPermission } from './permission.js';
export type { Recover } from './request.js';
export { explainResources } from './resources.js';
export { Results } from './results.js';
export { Subscription } from './subscription.js';
export { type Operation, Protocol, type Table } from './table.js';
export { readTextFile } from './text-file.js';
export type {
  HandleTrace,
  MessageTrace,
  RequestTrace,
  TraceResult,
  TraceSubject,
} from './trace.js';
export { bytesBlock } from './wire.js';

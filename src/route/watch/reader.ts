import type { NumberField, Protocol, Results } from '../../native/index.js';
import type { Bound } from '../bound.js';
import type { Seen } from '../seen.js';
import type { Announcement } from './view.js';
import type { Kinds } from './watched.js';

/** What one message says. Of shared next hops it is only told that something happened. */
export type Message =
  | { [Kind in keyof Kinds]: { readonly kind: Kind } & Announcement<Kinds[Kind]> }[keyof Kinds]
  | { readonly kind: 'sharedNextHop' };

type Read = (rows: Results, at: number, table: number) => Seen<unknown> | undefined;

/** Reads the announcements of one answer: a record of the event, then those of the object. */
export function messageReader(
  bound: Bound,
): (rows: Results, at: number, table: number) => Message | undefined {
  const { protocol, address, neighbour, rule } = bound;
  const event = eventFields(protocol);
  const readers = new Map<number, readonly [keyof Kinds, Read]>([
    [address.table.index, ['address', (rows, at) => address.readSeen(rows, at)]],
    [bound.link.table.index, ['link', bound.link.seenReader()]],
    [bound.route.table.index, ['route', bound.route.seenReader()]],
    [rule.table.index, ['rule', (rows, at) => rule.readSeen(rows, at)]],
    [neighbour.table.index, ['neighbour', (rows, at) => neighbour.readSeen(rows, at)]],
  ]);
  let said = { removed: false, replaces: false };
  let more: Read | undefined;
  return (rows, at, table) => {
    if (table === event.table) {
      said = {
        removed: event.removed.read(rows, at) !== 0,
        replaces: event.replaces.read(rows, at) !== 0,
      };
      const isObject = event.subject.readName(rows, at) === 'object';
      return isObject ? undefined : { kind: 'sharedNextHop' };
    }
    const reader = readers.get(table);
    if (reader === undefined) {
      // What an object has beyond its own record.
      more?.(rows, at, table);
      return undefined;
    }
    const [kind, read] = reader;
    more = read;
    const seen = read(rows, at, table);
    return seen === undefined ? undefined : ({ kind, ...said, seen } as Message);
  };
}

interface EventFields {
  readonly table: number;
  readonly subject: ReturnType<ReturnType<Protocol['table']>['choice']>;
  readonly removed: NumberField;
  readonly replaces: NumberField;
}

function eventFields(protocol: Protocol): EventFields {
  const table = protocol.table('event');
  return {
    table: table.index,
    subject: table.choice('subject', ['object', 'sharedNextHop']),
    removed: table.number('removed'),
    replaces: table.number('replaces'),
  };
}

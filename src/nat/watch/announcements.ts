import type { Family } from '../../address/index.js';
import type {
  ChoiceField,
  NumberField,
  Protocol,
  Results,
  Table,
  TextField,
} from '../../native/index.js';
import type { RuleRow } from '../../xtables/read-rule.js';
import { RuleReader } from '../../xtables/read-rule.js';
import { families } from '../../xtables/rule-tables.js';
import type { NatTables } from '../tables.js';
import type { Changer } from './types.js';

/** One announcement of nf_tables. */
export type Announcement =
  | {
      readonly kind: 'rule';
      readonly family: Family;
      readonly native: boolean;
      readonly removed: boolean;
      /** Its matches come behind it: not to be looked at before the whole answer has been read. */
      readonly row: RuleRow;
    }
  | { readonly kind: 'table'; readonly family: Family; readonly native: boolean }
  | { readonly kind: 'commit'; readonly by: Changer };

interface EventFields {
  readonly table: Table;
  readonly kind: ChoiceField<Announcement['kind']>;
  readonly removed: NumberField;
  readonly family: ChoiceField<Family>;
  readonly native: NumberField;
  readonly process: NumberField;
  readonly processName: TextField;
  readonly self: NumberField;
}

type Read = (rows: Results, at: number, table: number, size: number) => Announcement | undefined;

/** Reads the announcements of one answer: a record of the event, then those of its rule. */
export function announcementReader(tables: NatTables): Read {
  const event = eventFields(tables.protocol);
  const reader = new RuleReader(tables);
  let about = { family: 'ipv4' as Family, native: false, removed: false };
  return (rows, at, table, size) => {
    if (table !== event.table.index) {
      const row = reader.read(rows, at, table, size);
      return row && { kind: 'rule', ...about, row };
    }
    const kind = event.kind.readName(rows, at);
    if (kind === 'commit') return { kind, by: readChanger(event, rows, at) };
    about = {
      family: event.family.readName(rows, at) ?? 'ipv4',
      native: event.native.read(rows, at) === 1,
      removed: event.removed.read(rows, at) === 1,
    };
    return kind === 'table' ? { kind, ...about } : undefined;
  };
}

function readChanger(event: EventFields, rows: Results, at: number): Changer {
  return {
    pid: event.process.read(rows, at),
    name: event.processName.read(rows, at),
    self: event.self.read(rows, at) === 1,
  };
}

function eventFields(protocol: Protocol): EventFields {
  const table = protocol.table('event');
  return {
    table,
    kind: table.choice('kind', ['rule', 'table', 'commit']),
    removed: table.number('removed'),
    family: table.choice('family', families),
    native: table.number('native'),
    process: table.number('process'),
    processName: table.text('processName'),
    self: table.number('self'),
  };
}

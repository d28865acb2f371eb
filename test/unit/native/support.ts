import type { FieldDescription, ProtocolDescription } from '../../../src/native/addon.js';
import { Connection } from '../../../src/native/connection.js';
import { Protocol } from '../../../src/native/table.js';
import { FakeAddon } from '../support/fake-addon.js';

/** A field as the addon describes it. */
function field(
  name: string,
  storage: FieldDescription['storage'],
  offset: number,
  size: number,
  bit: number,
  choices?: FieldDescription['choices'],
): FieldDescription {
  return { name, storage, offset, size, bit, choices };
}

const description: ProtocolDescription = {
  tables: [{ name: 'thing', size: 16, fields: [field('number', 'u32', 8, 4, 0)] }],
  operations: [
    { name: 'change', read: false },
    { name: 'list', read: true },
  ],
};

/** A protocol of one table with one number, and one operation of each kind. */
export const protocol = new Protocol('test', description);
export const change = protocol.operation('change');
export const list = protocol.operation('list');
const table = protocol.table('thing');
export const number = table.number('number');

/** An exchange that sends a number and reads numbers. */
export const numbers = {
  write: (arena: Parameters<typeof number.write>[0]): void =>
    number.write(arena, arena.record(table), 7),
  read: number.read.bind(number),
};

/** A record of the table. */
export function row(value: number): Uint8Array {
  const bytes = Buffer.alloc(table.size);
  bytes.writeUInt8(1, 0);
  bytes.writeUInt32LE(value, 8);
  return bytes;
}

/** An open connection to an addon that answers when told to. */
export async function openFake(
  options: { readonly timeout?: number } = {},
): Promise<{ readonly addon: FakeAddon; readonly connection: Connection }> {
  const addon = new FakeAddon(description);
  const opening = Connection.open(addon, protocol, { netns: '', timeout: 5000, ...options });
  addon.answer([0, {}]);
  return { addon, connection: await opening };
}

/** Lets this tick's requests leave. */
export function flushed(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

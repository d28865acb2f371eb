import type { FieldDescription, ProtocolDescription, TableDescription } from './addon.js';
import {
  AddressField,
  BytesField,
  ChoiceField,
  CounterField,
  FlagsField,
  NumberField,
  TextField,
} from './fields.js';
import { FrequentAddressField, FrequentTextField } from './frequent-fields.js';

/** A record's layout as the addon describes it: hands out the fields that TypeScript uses. */
export class Table {
  readonly name: string;
  /** The number that blocks carry. */
  readonly index: number;
  /** Bytes of one record. */
  readonly size: number;
  /** In the order of the addon's own table. */
  readonly fields: readonly FieldDescription[];
  readonly #fields: ReadonlyMap<string, FieldDescription>;

  constructor(description: TableDescription, index: number) {
    this.name = description.name;
    this.index = index;
    this.size = description.size;
    this.fields = description.fields;
    this.#fields = new Map(description.fields.map((field) => [field.name, field]));
  }

  /** Bytes of a record up to the end of that field. */
  sizeThrough(name: string): number {
    const { offset, size } = this.#description(name);
    return Math.ceil((offset + size) / 8) * 8;
  }

  number(name: string): NumberField {
    return new NumberField(this.#description(name));
  }

  counter(name: string): CounterField {
    return new CounterField(this.#description(name));
  }

  choice<T extends string>(name: string, names: readonly T[]): ChoiceField<T> {
    return new ChoiceField(this.#description(name), names);
  }

  flags<T extends string>(name: string, names: readonly T[]): FlagsField<T> {
    return new FlagsField(this.#description(name), names);
  }

  text(name: string): TextField {
    return new TextField(this.#description(name));
  }

  frequentText(name: string): FrequentTextField {
    return new FrequentTextField(this.#description(name));
  }

  frequentAddress(name: string): FrequentAddressField {
    return new FrequentAddressField(this.#description(name));
  }

  address(name: string): AddressField {
    return new AddressField(this.#description(name));
  }

  bytes(name: string): BytesField {
    return new BytesField(this.#description(name));
  }

  #description(name: string): FieldDescription {
    const field = this.#fields.get(name);
    if (field === undefined) throw new TypeError(`table ${this.name} has no field ${name}`);
    return field;
  }
}

/** One protocol of the addon: its tables and operations by name. */
export class Protocol {
  readonly name: string;
  readonly #tables: ReadonlyMap<string, Table>;
  readonly #byIndex: readonly Table[];
  readonly #operations = new Map<string, Operation>();

  constructor(name: string, description: ProtocolDescription) {
    this.name = name;
    this.#byIndex = description.tables.map((table, index) => new Table(table, index));
    this.#tables = new Map(this.#byIndex.map((table) => [table.name, table]));
    for (const [index, { name: operation, read }] of description.operations.entries()) {
      this.#operations.set(operation, { name: operation, index, read });
    }
  }

  table(name: string): Table {
    const table = this.#tables.get(name);
    if (table === undefined) throw new TypeError(`protocol ${this.name} has no table ${name}`);
    return table;
  }

  /** The table whose number a block carries. */
  tableAt(index: number): Table | undefined {
    return this.#byIndex[index];
  }

  operation(name: string): Operation {
    const operation = this.#operations.get(name);
    if (operation === undefined) {
      throw new TypeError(`protocol ${this.name} has no operation ${name}`);
    }
    return operation;
  }
}

export interface Operation {
  readonly name: string;
  readonly index: number;
  /** It changes nothing, so it may be asked again when its answer was lost. */
  readonly read: boolean;
}

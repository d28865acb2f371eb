import type { Family } from '../address/index.js';
import { checkAddress } from '../address/index.js';
import { invalidValue, outOfRange } from '../errors/index.js';
import type { Arena, Results, Table } from '../native/index.js';
import { checkBoolean, checkChoice, checkInteger } from '../options/index.js';
import { checkDevice } from './device.js';

/** A field that is bound to its place in a record. */
interface BoundSetting {
  write(arena: Arena, at: number, value: unknown): void;
  /** `undefined` where the kernel sent none. */
  read(rows: Results, at: number): unknown;
}

/** One property of a configuration that is one field of a record: how it is checked and carried. */
export interface Setting {
  check(name: string, value: unknown): unknown;
  bind(table: Table, field: string): BoundSetting;
}

/** An integer within bounds. */
export function integer(least: number, most: number): Setting {
  return {
    check: (name, value) => checkInteger(name, value, least, most),
    bind: (table, name) => {
      const field = table.number(name);
      return {
        write: (arena, at, value) => field.write(arena, at, value as number),
        read: (rows, at) => (field.present(rows, at) ? field.read(rows, at) : undefined),
      };
    },
  };
}

/** `true` or `false`, 1 or 0 in the kernel. */
export function toggle(): Setting {
  return {
    check: checkBoolean,
    bind: (table, name) => {
      const field = table.number(name);
      return {
        write: (arena, at, value) => field.write(arena, at, value === true ? 1 : 0),
        read: (rows, at) => (field.present(rows, at) ? field.read(rows, at) !== 0 : undefined),
      };
    },
  };
}

/** One bit of a field that holds several, some of which may be of no concern here. */
export function bit(fieldName: string, flag: string): Setting {
  return {
    check: checkBoolean,
    bind: (table) => {
      const field = table.flags(fieldName, [flag]);
      return {
        write: (arena, at, value) => field.write(arena, at, value === true ? [flag] : []),
        read: (rows, at) =>
          field.present(rows, at) ? field.read(rows, at).includes(flag) : undefined,
      };
    },
  };
}

/** Seconds, which the kernel counts in hundredths (`USER_HZ`). */
export function seconds(least: number, most: number): Setting {
  return {
    check: (name, value) => {
      if (typeof value !== 'number' || !(value >= least && value <= most)) {
        throw outOfRange(name, `a number of seconds from ${least} to ${most}`, value);
      }
      return value;
    },
    bind: (table, name) => {
      const field = table.number(name);
      return {
        write: (arena, at, value) => field.write(arena, at, Math.round((value as number) * 100)),
        read: (rows, at) => (field.present(rows, at) ? field.read(rows, at) / 100 : undefined),
      };
    },
  };
}

/** One of some words, which the addon's table knows too. */
export function choice(names: readonly string[]): Setting {
  return {
    check: (name, value) => checkChoice(name, value, names),
    bind: (table, name) => {
      const field = table.choice(name, names);
      return {
        write: (arena, at, value) => field.writeName(arena, at, value as string),
        read: (rows, at) => (field.present(rows, at) ? field.readName(rows, at) : undefined),
      };
    },
  };
}

/** An address of one family; the unspecified one stands for none. */
export function addressOf(family: Family): Setting {
  return {
    check: (name, value) => {
      const address = checkAddress(name, value);
      if (address.family === family) return address.text;
      throw invalidValue(name, `an ${family} address`, value);
    },
    bind: (table, name) => {
      const field = table.address(name);
      return {
        write: (arena, at, value) => field.write(arena, at, value as string),
        read: (rows, at) => {
          const text = field.present(rows, at) ? field.read(rows, at) : '::';
          return text === '::' || text === '0.0.0.0' ? undefined : text;
        },
      };
    },
  };
}

/** The name of a device. */
export function deviceName(): Setting {
  return {
    check: checkDevice,
    bind: (table, name) => {
      const field = table.text(name);
      return {
        write: (arena, at, value) => field.write(arena, at, value as string),
        read: (rows, at) => (field.present(rows, at) ? field.read(rows, at) : undefined),
      };
    },
  };
}

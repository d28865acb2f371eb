import { invalidValue } from '../errors/index.js';
import type { NumberField, Table } from '../native/index.js';
import type { CallOptions } from '../options/index.js';
import { checkInteger, checkObject } from '../options/index.js';
import type { IpvsCore } from './core.js';

/** Seconds after which idle connections are forgotten (`ipvsadm --set`). */
export interface Timeouts {
  /** Established TCP connections. The kernel's default: 900. */
  readonly tcp: number;
  /** TCP connections after a FIN. The kernel's default: 120. */
  readonly tcpFin: number;
  /** UDP. The kernel's default: 300. */
  readonly udp: number;
}

/** What the IPVS module says of itself. */
export interface IpvsInfo {
  /** Version of IPVS: `'1.2.1'`. */
  readonly version: string;
  /** Buckets of the connection table. Kernel 7.2 resizes the table as it fills. */
  readonly connectionTableSize: number;
}

const names = ['tcp', 'tcpFin', 'udp'] as const;
/** The kernel refuses what overflows when multiplied by its clock rate, which is up to 1000. */
const longest = Math.floor((2 ** 31 - 1) / 1000);

/** Timeouts and information, which belong to the namespace as a whole. */
export class Config {
  readonly #core: IpvsCore;
  readonly #timeouts: Table;
  readonly #fields: { readonly [name in (typeof names)[number]]: NumberField };
  readonly #version: NumberField;
  readonly #size: NumberField;

  constructor(core: IpvsCore) {
    const { protocol } = core.tables;
    const info = protocol.table('info');
    this.#core = core;
    this.#timeouts = protocol.table('timeouts');
    this.#fields = {
      tcp: this.#timeouts.number('tcp'),
      tcpFin: this.#timeouts.number('tcpFin'),
      udp: this.#timeouts.number('udp'),
    };
    this.#version = info.number('version');
    this.#size = info.number('connectionTableSize');
  }

  async getTimeouts(options?: CallOptions): Promise<Timeouts> {
    const { tcp, tcpFin, udp } = this.#fields;
    return await this.#core.queryOne(
      'getTimeouts',
      {
        operation: 'get timeouts',
        read: (rows, at) => ({
          tcp: tcp.read(rows, at),
          tcpFin: tcpFin.read(rows, at),
          udp: udp.read(rows, at),
        }),
      },
      options,
    );
  }

  /** The kernel keeps what is absent, and takes 0 for absent. */
  async setTimeouts(timeouts: Partial<Timeouts>, options?: CallOptions): Promise<void> {
    checkObject('timeouts', timeouts, names);
    const wanted = names.flatMap((name) => {
      const value = timeouts[name];
      return value === undefined ? [] : [[name, checkInteger(name, value, 1, longest)] as const];
    });
    if (wanted.length === 0) throw invalidValue('timeouts', 'at least one of tcp, tcpFin, udp', {});
    await this.#core.change(
      'setTimeouts',
      {
        operation: 'set timeouts',
        write: (arena) => {
          const at = arena.record(this.#timeouts);
          for (const [name, value] of wanted) this.#fields[name].write(arena, at, value);
        },
      },
      options,
    );
  }

  async info(options?: CallOptions, operation = 'get information'): Promise<IpvsInfo> {
    return await this.#core.queryOne(
      'getInfo',
      {
        operation,
        read: (rows, at) => ({
          version: versionText(this.#version.read(rows, at)),
          connectionTableSize: this.#size.read(rows, at),
        }),
      },
      options,
    );
  }
}

/** The kernel packs a version as KERNEL_VERSION does: 0x010201 is 1.2.1. */
function versionText(packed: number): string {
  return `${packed >> 16}.${(packed >> 8) & 0xff}.${packed & 0xff}`;
}

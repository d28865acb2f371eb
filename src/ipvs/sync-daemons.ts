import { checkAddress } from '../address/index.js';
import { invalidValue } from '../errors/index.js';
import type {
  AddressField,
  Arena,
  ChoiceField,
  NumberField,
  Results,
  Table,
  TextField,
} from '../native/index.js';
import type { CallOptions } from '../options/index.js';
import { checkChoice, checkInteger, checkObject, checkText } from '../options/index.js';
import type { IpvsCore } from './core.js';

/** Whether a daemon sends connections to other directors, or receives them. */
export type SyncState = 'master' | 'backup';

/** How the kernel synchronises connections with other directors (`ipvsadm --start-daemon`). */
export interface SyncDaemonConfig {
  /** `'master'` sends, `'backup'` receives. */
  readonly state: SyncState;
  /** Device that the multicast messages use. */
  readonly device: string;
  /** 0 to 255; a backup takes messages of this id only, and of any id if it is 0. Default: 0. */
  readonly syncId?: number | undefined;
  /** Bytes of a message, 1 to 65507. Default: what the device's MTU allows. */
  readonly maximumLength?: number | undefined;
  /** Multicast address, IPv4 or IPv6. Default: `'224.0.0.81'`. */
  readonly group?: string | undefined;
  /** UDP port, 1 to 65535. Default: 8848. */
  readonly port?: number | undefined;
  /** Time to live of the messages, 1 to 255. Default: 1. */
  readonly ttl?: number | undefined;
}

/** A sync daemon that runs. */
export type SyncDaemon = {
  readonly [key in keyof SyncDaemonConfig]-?: NonNullable<SyncDaemonConfig[key]>;
};

const states = ['master', 'backup'] as const;
const names = ['state', 'device', 'syncId', 'maximumLength', 'group', 'port', 'ttl'] as const;
const longestDevice = 15;
const largestMessage = 65507;

interface DaemonFields {
  readonly table: Table;
  readonly state: ChoiceField<SyncState>;
  readonly device: TextField;
  readonly syncId: NumberField;
  readonly maximumLength: NumberField;
  readonly group: AddressField;
  readonly group6: AddressField;
  readonly port: NumberField;
  readonly ttl: NumberField;
}

/** What `Ipvs` does with sync daemons. */
export class SyncDaemons {
  readonly #core: IpvsCore;
  readonly #fields: DaemonFields;

  constructor(core: IpvsCore) {
    const table = core.tables.protocol.table('daemon');
    this.#core = core;
    this.#fields = {
      table,
      state: table.choice('state', states),
      device: table.text('device'),
      syncId: table.number('syncId'),
      maximumLength: table.number('maximumLength'),
      group: table.address('group'),
      group6: table.address('group6'),
      port: table.number('port'),
      ttl: table.number('ttl'),
    };
  }

  async start(config: SyncDaemonConfig, options?: CallOptions): Promise<void> {
    const write = checkDaemon(this.#fields, config);
    await this.#core.change(
      'startDaemon',
      {
        operation: 'start sync daemon',
        object: `${config.state} on ${config.device}`,
        write,
        isDone: () => this.#runs(config.state),
      },
      options,
    );
  }

  /**
   * The kernel does not acknowledge a stop that follows a start at once: stopping the daemon's
   * thread before it ran returns -EINTR, for which netlink sends no answer. It is stopped all the
   * same, which reading back shows.
   */
  async stop(state: SyncState, options?: CallOptions): Promise<void> {
    checkChoice('state', state, states);
    await this.#core.change(
      'stopDaemon',
      {
        operation: 'stop sync daemon',
        object: state,
        write: (arena) => {
          this.#fields.state.writeName(arena, arena.record(this.#fields.table), state);
        },
        isDone: async () => !(await this.#runs(state)),
      },
      options,
    );
  }

  async list(options?: CallOptions): Promise<SyncDaemon[]> {
    const reply = await this.#core.query(
      'listDaemons',
      {
        operation: 'list sync daemons',
        read: (rows, at) => readDaemon(this.#fields, rows, at),
      },
      options,
    );
    return reply.rows;
  }

  async #runs(state: SyncState): Promise<boolean> {
    const daemons = await this.list();
    return daemons.some((daemon) => daemon.state === state);
  }
}

function checkDaemon(fields: DaemonFields, config: SyncDaemonConfig): (arena: Arena) => void {
  checkObject('daemon', config, names);
  const { syncId = 0, maximumLength, port, ttl } = config;
  const state = checkChoice('daemon.state', config.state, states);
  const device = checkText('daemon.device', config.device, longestDevice);
  checkInteger('daemon.syncId', syncId, 0, 255);
  if (maximumLength !== undefined) {
    checkInteger('daemon.maximumLength', maximumLength, 1, largestMessage);
  }
  if (port !== undefined) checkInteger('daemon.port', port, 1, 65535);
  if (ttl !== undefined) checkInteger('daemon.ttl', ttl, 1, 255);
  const group = config.group === undefined ? undefined : checkGroup(config.group);
  return (arena) => {
    const at = arena.record(fields.table);
    fields.state.writeName(arena, at, state);
    fields.device.write(arena, at, device);
    fields.syncId.write(arena, at, syncId);
    if (maximumLength !== undefined) fields.maximumLength.write(arena, at, maximumLength);
    if (port !== undefined) fields.port.write(arena, at, port);
    if (ttl !== undefined) fields.ttl.write(arena, at, ttl);
    if (group !== undefined) fields[group.field].write(arena, at, group.text);
  };
}

function checkGroup(value: string): { readonly field: 'group' | 'group6'; readonly text: string } {
  const { family, text } = checkAddress('daemon.group', value);
  const multicast =
    family === 'ipv4' ? /^2(2[4-9]|3\d)\./.test(text) : text.toLowerCase().startsWith('ff');
  if (!multicast) throw invalidValue('daemon.group', 'a multicast address', value);
  return { field: family === 'ipv4' ? 'group' : 'group6', text };
}

function readDaemon(fields: DaemonFields, rows: Results, at: number): SyncDaemon {
  const group = fields.group.present(rows, at) ? fields.group : fields.group6;
  return {
    state: fields.state.readName(rows, at) ?? 'master',
    device: fields.device.read(rows, at),
    syncId: fields.syncId.read(rows, at),
    maximumLength: fields.maximumLength.read(rows, at),
    group: group.read(rows, at),
    port: fields.port.read(rows, at),
    ttl: fields.ttl.read(rows, at),
  };
}

import type { Family } from '../address/index.js';
import type {
  AddressField,
  ChoiceField,
  NumberField,
  Operation,
  Protocol,
  Table,
  TextField,
} from '../native/index.js';

/** What the addon's protocol `netns` looks like, field by field. */
export interface NetnsTables {
  readonly protocol: Protocol;
  readonly createNamespace: Operation;
  readonly removeNamespace: Operation;
  readonly openSocket: Operation;
  readonly openListener: Operation;
  readonly claim: Operation;
  readonly namespace: { readonly table: Table; readonly file: TextField };
  readonly socket: {
    readonly table: Table;
    readonly family: ChoiceField<Family>;
    readonly address: AddressField;
    readonly port: NumberField;
    readonly mark: NumberField;
    readonly device: TextField;
  };
  readonly descriptor: NumberField;
}

/** Binds every name to its place; throws where the two sides disagree. */
export function bindTables(protocol: Protocol): NetnsTables {
  const namespace = protocol.table('namespace');
  const socket = protocol.table('socket');
  return {
    protocol,
    createNamespace: protocol.operation('createNamespace'),
    removeNamespace: protocol.operation('removeNamespace'),
    openSocket: protocol.operation('openSocket'),
    openListener: protocol.operation('openListener'),
    claim: protocol.operation('claim'),
    namespace: { table: namespace, file: namespace.text('file') },
    socket: {
      table: socket,
      family: socket.choice('family', ['ipv4', 'ipv6']),
      address: socket.address('address'),
      port: socket.number('port'),
      mark: socket.number('mark'),
      device: socket.text('device'),
    },
    descriptor: protocol.table('descriptor').number('descriptor'),
  };
}

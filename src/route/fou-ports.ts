import type { CallOptions } from '../options/index.js';
import { checkChoice, checkObject } from '../options/index.js';
import type { Ensured } from './address-types.js';
import { families } from './families.js';
import type { ResolvedPort } from './fou-config.js';
import { portName, resolvePort, resolvePortKey } from './fou-config.js';
import type { FouRecord } from './fou-record.js';
import type { FouPort } from './fou-types.js';
import type { Line, Spoken } from './line.js';
import type { Subject } from './subject.js';

/** The addon's protocol `fou` with its record. */
interface FouBound extends Spoken {
  readonly port: FouRecord;
}

export type FouLine = Line<FouBound>;

export async function addPort(line: FouLine, config: unknown, options: CallOptions): Promise<void> {
  const port = resolvePort(config);
  await line.act(
    {
      operation: 'addPort',
      write: (arena) => line.bound.port.write(arena, port),
      subject: subjectOf('add UDP port', port, async ({ code }) => {
        if (code !== 'EADDRINUSE' && code !== 'EALREADY') return undefined;
        const there = await find(line, port);
        return there === undefined
          ? { cause: 'another socket has that UDP port', cure: 'see `ss -ulnp`, or take another' }
          : { cause: `it is there already, for ${there.encapsulation}`, cure: 'use ensurePort' };
      }),
      isDone: async () => (await find(line, port)) !== undefined,
    },
    options,
  );
}

export async function removePort(line: FouLine, key: unknown, options: CallOptions): Promise<void> {
  const port = resolvePortKey(key);
  await line.act(
    {
      operation: 'removePort',
      write: (arena) => {
        line.bound.port.writeKey(arena, port);
      },
      subject: subjectOf('remove UDP port', port, async ({ code }) => {
        if (code !== 'EINVAL') return undefined;
        const all = await listPorts(line, {}, {});
        const names = all.map((other) => portName(resolvePortKey(other)));
        return {
          cause: 'there is no such port',
          cure: names.length === 0 ? 'there is none at all' : `there are ${names.join(', ')}`,
        };
      }),
      isDone: async () => (await find(line, port)) === undefined,
    },
    options,
  );
}

export function ensurePort(line: FouLine, config: unknown, options: CallOptions): Promise<Ensured> {
  const port = resolvePort(config);
  return line.turns.run(portName(port), async () => {
    const there = await find(line, port, options);
    if (there === undefined) {
      await addPort(line, port, options);
      return 'created';
    }
    const same = there.encapsulation === port.encapsulation && there.carries === port.carries;
    if (same) return 'unchanged';
    await removePort(line, port, options);
    await addPort(line, port, options);
    return 'updated';
  });
}

export async function listPorts(
  line: FouLine,
  filter: unknown,
  options: CallOptions,
): Promise<FouPort[]> {
  const given = checkObject('filter', filter, ['family']);
  const family =
    given.family === undefined ? undefined : checkChoice('family', given.family, families);
  const ports = await line.list(
    {
      operation: 'listPorts',
      write: () => undefined,
      read: () => (rows, at) => line.bound.port.read(rows, at),
    },
    { operation: 'list UDP ports' },
    options,
  );
  return ports.filter((port) => family === undefined || port.family === family);
}

async function find(
  line: FouLine,
  key: ResolvedPort,
  options: CallOptions = {},
): Promise<FouPort | undefined> {
  const all = await listPorts(line, {}, options);
  return all.find((port) => portName(resolvePortKey(port)) === portName(key));
}

function subjectOf(
  operation: string,
  port: ResolvedPort,
  explain: NonNullable<Subject['explain']>,
): Subject {
  const { device } = port;
  return { operation, object: portName(port), names: { device }, explain };
}

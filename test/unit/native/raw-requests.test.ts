// What the library never asks for: the addon answers it too, with an error, and goes on.
import { afterEach, describe, expect, it } from 'vitest';
import type { Addon } from '../../../src/native/addon.js';
import type { Arena } from '../../../src/native/arena.js';
import { Connection } from '../../../src/native/connection.js';
import type { Failure } from '../../../src/native/failure.js';
import { loadAddon } from '../../../src/native/loader.js';
import { Protocol } from '../../../src/native/table.js';

const open: Connection[] = [];
afterEach(() => Promise.all(open.splice(0).map((connection) => connection.close())));

async function connect(name: string, addon: Addon = loadAddon()): Promise<Connection> {
  const protocol = new Protocol(name, addon.describe(name));
  const connection = await Connection.open(addon, protocol, { netns: '', timeout: 5000 });
  open.push(connection);
  return connection;
}

type Write = (arena: Arena) => void;
const nothing: Write = () => undefined;

/** The code that a request fails with, by the number or the name of its operation. */
async function codeOf(
  connection: Connection,
  operation: number | string,
  write: Write = nothing,
): Promise<string> {
  const asked =
    typeof operation === 'string'
      ? connection.protocol.operation(operation)
      : { name: `${operation}`, index: operation, read: false };
  const answer = connection.request(asked, { write });
  return await answer.then(
    () => 'done',
    (failure: Failure) => failure.code,
  );
}

describe('the addon refuses', () => {
  it.each([
    ['sysctl', (arena: Arena): void => arena.text('ipv4/ip_forward')],
    ['netns', nothing],
    ['route', nothing],
  ])('an operation that %s does not have', async (name, write) => {
    const connection = await connect(name);
    expect(await codeOf(connection, 200, write)).toBe('ENOTSUP');
  });

  it.each([
    '/etc/passwd',
    '',
    'ipv4/../../kernel/hostname',
    'ipv4/ip_forward\0x',
    'x'.repeat(5000),
  ])('to read a setting that is called %j', async (text) => {
    const connection = await connect('sysctl');
    expect(await codeOf(connection, 'read', (arena) => arena.text(text))).toBe('EINVAL');
  });

  it.each([
    ['sysctl', 'read'],
    ['sysctl', 'write'],
    ['nat', 'dropConnections'],
    ['nat', 'watch'],
    ['xtables', 'loadTable'],
    ['xtables', 'commitTable'],
    ['route', 'watch'],
  ])('a request to %s without what it is about: %s', async (name, operation) => {
    const connection = await connect(name);
    expect(await codeOf(connection, operation)).toBe('EINVAL');
  });

  it('nothing that has a meaning: a listing without a filter is of all', async () => {
    expect(await codeOf(await connect('route'), 'listLinks')).toBe('done');
  });

  it('frames of a capture that has not begun, a second beginning and events nobody watches', async () => {
    expect(await codeOf(await connect('capture'), 'next')).toBe('EBADF');
    expect(await codeOf(await connect('route'), 'nextEvents')).toBe('ENOENT');
  });
});

describe('what is withdrawn before its turn has come is not begun by', () => {
  const addon = loadAddon();
  const withdrawing: Addon = {
    ...addon,
    submit: (handle, requests) => {
      addon.cancel(handle, new DataView(requests.buffer, requests.byteOffset).getUint32(4, true));
      addon.submit(handle, requests);
    },
  };

  it.each([
    ['sysctl', 'write'],
    ['netns', 'createNamespace'],
    ['route', 'listLinks'],
    ['nat', 'listRules'],
    ['xtables', 'loadTable'],
  ])('%s: %s', async (name, operation) => {
    const connection = await connect(name, withdrawing);
    expect(await codeOf(connection, operation)).toBe('ECANCELED');
  });
});

import { readFileSync } from 'node:fs';
import { KernelError } from '../errors/index.js';
import type { OpenOptions } from '../options/index.js';
import { checkCallOptions, resolveNetns } from '../options/index.js';
import { Connection } from './connection.js';
import { printTraces } from './debug.js';
import { Failure } from './failure.js';
import { loadAddon } from './loader.js';
import { netnsError } from './netns-error.js';
import { Protocol } from './table.js';

/** Milliseconds that a request may take unless the handle or the call says otherwise. */
const defaultTimeout = 5000;

/** The protocol's layouts, as the addon tells them. */
export function loadProtocol(name: string): Protocol {
  return new Protocol(name, loadAddon().describe(name));
}

/**
 * Opens a connection in the namespace that the options name. What the protocol itself refuses while
 * opening is put in words by `explain`; failures that all protocols share are explained here.
 */
export async function openConnection(
  protocol: Protocol,
  options: OpenOptions,
  explain: (failure: Failure) => KernelError | undefined = () => undefined,
): Promise<Connection> {
  checkCallOptions(options);
  const netns = resolveNetns(options.netns);
  const { timeout = defaultTimeout, signal } = options;
  printTraces();
  try {
    return await Connection.open(loadAddon(), protocol, { netns, timeout, signal });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.stage === 'netns') throw netnsError(`open ${protocol.name}`, netns, error.errno);
    throw explain(error) ?? plainError(protocol.name, error);
  }
}

function plainError(name: string, failure: Failure): KernelError {
  const { errno, stage = 'open', kernelMessage } = failure;
  return new KernelError({
    operation: `open ${name} handle`,
    errno,
    syscall: stage,
    kernelMessage,
  });
}

/**
 * Why an operation that needs a capability was refused: the process lacks it, or it is root of a
 * user namespace only, which does not count where the kernel asks for it in the initial one.
 */
export function explainPermission(
  capability: string,
  bit: number,
): {
  readonly cause: string;
  readonly cure: string;
} {
  if (hasCapability(bit) && inUserNamespace()) {
    return {
      cause: `it needs ${capability} in the initial user namespace; this process has it only in a user namespace of its own`,
      cure: 'run it outside the user namespace (a rootless container is one)',
    };
  }
  return {
    cause: `it needs ${capability}`,
    cure: `run as root or give the process ${capability} (setcap, AmbientCapabilities=, --cap-add)`,
  };
}

function hasCapability(bit: number): boolean {
  const line = /^CapEff:\s*([0-9a-f]+)$/m.exec(readOr('/proc/thread-self/status', ''));
  return line !== null && ((BigInt(`0x${line[1]}`) >> BigInt(bit)) & 1n) === 1n;
}

function inUserNamespace(): boolean {
  return !/^\s*0\s+0\s+4294967295\s*$/.test(readOr('/proc/self/uid_map', '0 0 4294967295'));
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}

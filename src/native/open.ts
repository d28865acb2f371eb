import { KernelError } from '../errors/index.js';
import type { OpenOptions } from '../options/index.js';
import { checkCallOptions, resolveNetns } from '../options/index.js';
import { Connection } from './connection.js';
import { printTraces } from './debug.js';
import { Failure } from './failure.js';
import { loadAddon } from './loader.js';
import { netnsError } from './netns-error.js';
import { explainResources } from './resources.js';
import { Protocol } from './table.js';

/** Milliseconds that a request may take unless the handle or the call says otherwise. */
const defaultTimeout = 5000;

/** Layouts never change, and to tell them takes the addon longer than to open a handle. */
const protocols = new Map<string, Protocol>();

/** The protocol's layouts, as the addon tells them. */
export function loadProtocol(name: string): Protocol {
  const known = protocols.get(name);
  if (known !== undefined) return known;
  const protocol = new Protocol(name, loadAddon().describe(name));
  protocols.set(name, protocol);
  return protocol;
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
    ...explainResources(failure.code),
  });
}

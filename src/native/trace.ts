import { channel, tracingChannel } from 'node:diagnostics_channel';
import { HandleError, KernelError } from '../errors/index.js';
import { decodeBlock, decodeRequest } from './decode.js';
import type { Exchange } from './exchange.js';
import { Failure } from './failure.js';
import type { Operation, Protocol } from './table.js';

/** A handle, as traces name it. */
export interface HandleTrace {
  /** The module that it belongs to: `'ipvs'`, `'route'`, `'nat'`, `'netns'`, `'capture'`, … */
  readonly kind: string;
  /** Number of the handle, which no other has in the same thread; `util.inspect` shows it too. */
  readonly id: number;
  /** Name of the network namespace, or the path of its file. Absent: the program's own. */
  readonly netns?: string;
}

/** Which request a trace is about. */
export interface TraceSubject {
  /** The handle that it was made with. */
  readonly handle: HandleTrace;
  /** Number of the request, which no other has in the same thread. */
  readonly request: number;
  /** What is asked for: `'addService'`. `'open'` is the opening of the handle. */
  readonly operation: string;
  /** What it is about, as errors name it: `'tcp://10.0.0.1:80'`. Absent: nothing in particular. */
  readonly object?: string;
}

/**
 * A request on its way to the kernel: the context that all events of the tracing channel
 * `lvs:request` get. A call may take several, such as an update, which reads before it writes.
 */
export interface RequestTrace extends TraceSubject {
  /** What came back, once it has. */
  readonly result?: TraceResult;
  /** What the kernel said instead, once it has; a call may know better what that means. */
  readonly error?: unknown;
}

/** An answer of the kernel's. */
export interface TraceResult {
  /** What the library has read of each record. */
  readonly rows: readonly unknown[];
}

/** A record that went to the kernel or came from it, decoded: what the channel `lvs:message` gets. */
export interface MessageTrace extends TraceSubject {
  /** Whether it went to the kernel or came from it. */
  readonly direction: 'sent' | 'received';
  /** The kind of record: `'service'`, `'route'`, …, or `'text'` or `'bytes'`. */
  readonly record: string;
  /** The record's fields that are set, by name; for `'text'` and `'bytes'` what they are. */
  readonly value: Readonly<Record<string, unknown>> | string | Uint8Array;
}

export const requests = tracingChannel<unknown, RequestTrace>('lvs:request');
export const messages = channel('lvs:message');

let lastRequest = 0;

/** Whether anybody listens; when nobody does, requests go their way unseen and at no cost. */
export function isTraced(): boolean {
  return requests.hasSubscribers || messages.hasSubscribers;
}

/** Makes a request through `ask`, and tells those who listen. */
export function traceRequest<T, R extends TraceResult>(
  handle: HandleTrace,
  protocol: Protocol,
  operation: Operation,
  exchange: Exchange<T>,
  ask: (exchange: Exchange<T>) => Promise<R>,
): Promise<R> {
  const { object } = exchange;
  const context: RequestTrace = {
    handle,
    request: ++lastRequest,
    operation: operation.name,
    ...(object !== undefined && { object }),
  };
  const shown = messages.hasSubscribers ? withMessages(context, protocol, exchange) : exchange;
  let failure: unknown;
  const answer = requests.tracePromise(
    () =>
      ask(shown).catch((error: unknown) => {
        failure = error;
        throw error instanceof Failure ? asError(context, error) : error;
      }),
    context,
  );
  return answer.catch(() => {
    throw failure;
  });
}

/** The exchange, with every block that it writes and reads published. */
function withMessages<T>(
  context: RequestTrace,
  protocol: Protocol,
  exchange: Exchange<T>,
): Exchange<T> {
  const { handle, request, operation, object } = context;
  const about = { handle, request, operation, ...(object !== undefined && { object }) };
  return {
    ...exchange,
    write: (arena) => {
      const from = arena.length;
      exchange.write?.(arena);
      for (const decoded of decodeRequest(protocol, arena.view, from, arena.length)) {
        messages.publish({ ...about, direction: 'sent', ...decoded } satisfies MessageTrace);
      }
    },
    read: (rows, at, table, size) => {
      for (const decoded of decodeBlock(protocol, rows.view, { at, table, size })) {
        messages.publish({ ...about, direction: 'received', ...decoded } satisfies MessageTrace);
      }
      return exchange.read?.(rows, at, table, size);
    },
  };
}

function asError({ operation, object }: RequestTrace, failure: Failure): Error {
  if (failure.lost) {
    const subject = object === undefined ? operation : `${operation} ${object}`;
    const message = `${subject}: the kernel's answer was lost`;
    return new HandleError('ERR_LVS_UNKNOWN_OUTCOME', message);
  }
  const { errno, stage, kernelMessage, field } = failure;
  return new KernelError({
    operation,
    object,
    errno,
    syscall: stage ?? 'netlink',
    kernelMessage,
    field,
  });
}

import { debuglog, inspect } from 'node:util';
import type { HandleTrace, MessageTrace, RequestTrace } from './trace.js';
import { messages, requests } from './trace.js';

const log = debuglog('lvs');

/** As much of a file of the kernel's as is printed. */
const longestText = 200;

let printing = false;

/** With `NODE_DEBUG=lvs` in the environment, prints what the channels tell, from the first handle on. */
export function printTraces(): void {
  if (printing || !log.enabled) return;
  printing = true;
  requests.subscribe({
    start: (trace) => print(trace, subjectOf(trace)),
    end: () => undefined,
    asyncStart: (trace) => print(trace, outcomeOf(trace)),
    asyncEnd: () => undefined,
    error: () => undefined,
  });
  messages.subscribe((message) => {
    const trace = message as MessageTrace;
    const arrow = trace.direction === 'sent' ? '>' : '<';
    print(trace, `${arrow} ${trace.record} ${textOf(trace.value)}`);
  });
}

function print({ handle, request }: Pick<RequestTrace, 'handle' | 'request'>, text: string): void {
  log('%s #%d %s', nameOf(handle), request, text);
}

/** `ipvs 1 in vm1` */
function nameOf({ kind, id, netns }: HandleTrace): string {
  return netns === undefined ? `${kind} ${id}` : `${kind} ${id} in ${netns}`;
}

function subjectOf({ operation, object }: RequestTrace): string {
  return object === undefined ? operation : `${operation} ${object}`;
}

function outcomeOf({ result, error }: RequestTrace): string {
  if (result === undefined) return `failed: ${error instanceof Error ? error.message : error}`;
  return result.rows.length === 0 ? 'done' : `done, rows: ${result.rows.length}`;
}

function textOf(value: MessageTrace['value']): string {
  if (!(value instanceof Uint8Array)) {
    return inspect(value, { breakLength: Number.POSITIVE_INFINITY });
  }
  const text = Buffer.from(value).toString('latin1');
  if (!/^[\t\n\x20-\x7e]*$/.test(text)) return `of length ${value.length}`;
  const shown = inspect(text.slice(0, longestText), { breakLength: Number.POSITIVE_INFINITY });
  return text.length > longestText ? `${shown}… of length ${value.length}` : shown;
}

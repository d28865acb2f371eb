import type { CallOptions } from '../options/index.js';
import type { Exchange } from './exchange.js';
import type { Failure } from './failure.js';
import type { Operation } from './table.js';
import { threadId } from './wire.js';

/** Somebody who waits for an answer. Ten thousand may do so at once: it holds as little as it can. */
export interface Request {
  /** By which its answer is known; another one each time it is asked. */
  id: number;
  readonly operation: Operation;
  readonly exchange: Exchange<unknown>;
  /** A timeout of `Infinity` is for one that waits for an event, however long that takes. */
  readonly options: CallOptions;
  readonly resolve: Settle;
  readonly reject: Settle;
  /** What makes good a failure, or puts it in words. The promise of a change then has no value. */
  readonly recover: Recover<Exchange<unknown>, unknown> | undefined;
  /** How often it may still be asked again if the answer is lost. */
  retries: number;
  /** What has come so far. */
  rows: unknown[] | undefined;
  interrupted: boolean;
}

/** What becomes of a request that did not succeed: its outcome is that of the promise. */
export type Recover<E, R = void> = (
  operation: Operation,
  exchange: E,
  options: CallOptions,
  failure: Failure,
) => Promise<R>;

/** Settles a promise, either way. */
export type Settle = (outcome: unknown) => void;

/** The request that the thread's beginning or end answers. */
export function threadRequest(
  operation: Operation,
  options: CallOptions,
  resolve: Settle,
  reject: Settle,
): Request {
  return {
    id: threadId,
    operation,
    exchange: {},
    options,
    resolve,
    reject,
    recover: undefined,
    retries: 0,
    rows: undefined,
    interrupted: false,
  };
}

/** Makes promises by one function for all, which saves each of them a closure. */
export class Deferrer {
  /** What settles the promise that was made last. */
  resolve: Settle = ignore;
  reject: Settle = ignore;

  readonly #take = (resolve: Settle, reject: Settle): void => {
    this.resolve = resolve;
    this.reject = reject;
  };

  make(): Promise<unknown> {
    return new Promise<unknown>(this.#take);
  }
}

function ignore(): void {
  // Stands there until the first promise is made.
}

import { LvsError, undoFailed } from '../errors/index.js';
import { KeyedQueue } from '../native/index.js';
import type { CallOptions } from '../options/index.js';
import { checkCallOptions, checkObject, resolveNetns } from '../options/index.js';
import { Journal } from './journal.js';
import { Tools } from './tools.js';
import type { Preparation, PreparationOptions, UndoneStep } from './types.js';

/** Part of a preparation: sees to something, and writes down what it did as soon as it has. */
export type Step = (tools: Tools, journal: Journal) => Promise<void>;

/** Preparations look before they change, so those of one namespace take turns. */
const turns = new KeyedQueue();

/** Carries out the steps in order; when one fails, undoes those before it. */
export async function prepare(
  options: PreparationOptions,
  steps: readonly Step[],
): Promise<Preparation> {
  const { netns, signal, timeout } = options;
  const calling = { signal, timeout };
  checkCallOptions(calling);
  const netnsFile = resolveNetns(netns);
  const journal = new Journal();
  const undo = (undoing: CallOptions): ReturnType<Journal['undo']> =>
    withTools(netnsFile, undoing, (tools) => journal.undo(tools));
  await turns.run(netnsFile, async () => {
    try {
      await withTools(netnsFile, calling, async (tools) => {
        for (const step of steps) {
          signal?.throwIfAborted();
          await step(tools, journal);
        }
      });
    } catch (error) {
      const { errors } = await undo({ timeout });
      throw errors.length === 0 ? error : undoFailed(error, causeOf(errors));
    }
  });
  return new Prepared(journal, (undoing) => turns.run(netnsFile, () => undo(undoing)));
}

async function withTools<T>(
  netnsFile: string,
  options: CallOptions,
  use: (tools: Tools) => Promise<T>,
): Promise<T> {
  await using tools = new Tools(netnsFile, options);
  return await use(tools);
}

function causeOf(errors: readonly unknown[]): unknown {
  return errors.length === 1 ? errors[0] : new AggregateError(errors, 'several steps');
}

class Prepared implements Preparation {
  readonly steps: Preparation['steps'];
  readonly #undo: (options: CallOptions) => ReturnType<Journal['undo']>;

  constructor(journal: Journal, undo: (options: CallOptions) => ReturnType<Journal['undo']>) {
    this.steps = Object.freeze([...journal.steps]);
    this.#undo = undo;
  }

  async undo(options: CallOptions = {}): Promise<UndoneStep[]> {
    checkObject('options', options, ['signal', 'timeout']);
    const { undone, errors } = await this.#undo(options);
    if (errors.length === 0) return undone;
    const [first] = errors;
    const reason = first instanceof Error ? first.message : String(first);
    throw new LvsError('ERR_LVS_UNDO', `not everything could be undone: ${reason}`, {
      cause: causeOf(errors),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.undo();
  }
}

import type { Choice, Probe, Sight } from './choose.js';
import { chooseBackend } from './choose.js';
import { explainFailure, explainNoBackend } from './explain.js';
import type { Backend } from './types.js';

/** The backend that was asked for, if it works, or the one that fits best. */
export async function wantedBackend(
  wanted: Backend | 'auto',
  own: boolean,
  sight: Sight,
  probe: Probe,
): Promise<Choice> {
  if (wanted === 'auto') {
    const choice = await chooseBackend(sight, probe);
    if (Array.isArray(choice)) throw explainNoBackend(choice);
    return choice;
  }
  const failure = await probe(wanted);
  if (failure === undefined) return { backend: wanted, reason: 'it was asked for' };
  const subject = { operation: 'open nat', object: `backend '${wanted}'` };
  throw explainFailure('probe', { backend: wanted, own, lockTimeout: 0 }, subject, failure);
}

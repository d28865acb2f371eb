import { invalidType, invalidValue, undoFailed } from '../errors/index.js';
import type { Ipvs } from '../ipvs/index.js';
import type { CallOptions } from '../options/index.js';
import { checkBoolean, checkObject } from '../options/index.js';
import { converge } from './converge.js';
import type { IpvsState, PartialState } from './types.js';
import type { Scope } from './undo.js';
import { readScope, undo } from './undo.js';

/** How a state is imported. */
export interface ImportOptions extends CallOptions {
  /**
   * `true`: also removes services, destinations and sync daemons that the state has not, and changes
   * those that differ from it. `false`: what is there stays, and a service or daemon that is
   * there already is an error. Default: `false`.
   */
  readonly replace?: boolean | undefined;
}

const everything: Scope = { services: 'all', timeouts: true, syncDaemons: true };

/** Writes what `exportState` read; see `Ipvs.importState`. */
export async function importState(
  ipvs: Ipvs,
  state: IpvsState,
  options: ImportOptions = {},
): Promise<void> {
  checkState(state);
  const { replace = false, ...calling } = options;
  checkBoolean('replace', replace);
  const before = await readScope(ipvs, everything, calling);
  try {
    await converge(ipvs, state, replace ? before : nothing, calling);
  } catch (error) {
    const failure = await undo(ipvs, everything, before, calling);
    throw failure === undefined ? error : undoFailed(error, failure);
  }
}

/** As if nothing were there: everything is added, and what exists already makes that fail. */
const nothing: PartialState = { services: [], syncDaemons: [] };

function checkState(state: IpvsState): void {
  const names = ['version', 'services', 'timeouts', 'syncDaemons'] as const;
  const { version, services, timeouts, syncDaemons } = checkObject('state', state, names);
  if (version !== 1) throw invalidValue('state.version', '1', version);
  for (const [index, service] of checkArray('state.services', services).entries()) {
    const name = `state.services[${index}]`;
    if (typeof service !== 'object' || service === null)
      throw invalidType(name, 'an object', service);
    checkArray(`${name}.dests`, 'dests' in service ? service.dests : undefined);
  }
  checkObject('state.timeouts', timeouts, ['tcp', 'tcpFin', 'udp']);
  checkArray('state.syncDaemons', syncDaemons);
}

function checkArray(name: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw invalidType(name, 'an array', value);
  return value;
}

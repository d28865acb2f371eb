import { invalidType, invalidValue } from '../errors/index.js';
import type { CommandName } from './combinations.js';
import { checkCombination, isCommandName } from './combinations.js';
import { checkFamilies, destOf, destSettingsOf, forcedPort } from './dest-options.js';
import { daemonOf, stateOf, timeoutsOf } from './namespace-options.js';
import type { Rule, RuleService } from './rule.js';
import { serviceOf, serviceSettingsOf } from './service-options.js';
import type { Given } from './words.js';
import { scanWords, splitLine, withoutProgram } from './words.js';

/** What {@link parseRule} takes beside the words. */
export interface RuleOptions {
  /** What `ipvsadm -R` would read from its standard input. */
  readonly input?: string | undefined;
}

/**
 * Reads one ipvsadm command line as ipvsadm 1.31 does and tells which call does the same; see
 * {@link applyRule}. No shell is involved: a text is split at blanks, and there are neither quotes
 * nor variables.
 *
 * What ipvsadm fills in is in the result: scheduler `wlc`, weight 1, direct routing, 360 seconds for
 * a `-p` without a value, and for direct routing and tunnels the service's port, whatever port the
 * real server was given. `-E` and `-e` set all that can be set, as they do in ipvsadm.
 *
 * Refused beyond what ipvsadm refuses: names of hosts and ports, which are not looked up; masks with
 * holes; what is too long for the kernel's field; and options in an order in which ipvsadm would
 * lose them.
 *
 * @param words - `'-A -t 10.0.0.1:80 -s rr'` or its words; a leading `ipvsadm` is passed over.
 * @throws TypeError or RangeError that names the option and says what is wrong with it.
 */
export function parseRule(words: string | readonly string[], options: RuleOptions = {}): Rule {
  const list = typeof words === 'string' ? splitLine(words) : checkWords(words);
  const { given, rest } = scanWords(list);
  const [command, ...others] = given;
  if (command === undefined && rest.length === 0) return { method: 'snapshot', arguments: [] };
  if (command === undefined || !isCommandName(command.name)) {
    const written = command?.written ?? rest[0];
    throw invalidValue('the first option', 'a command of ipvsadm such as -A', written);
  }
  const [stray] = command.name === 'set' ? [] : rest;
  if (stray !== undefined) throw invalidValue(stray, 'the value of an option', stray);
  checkCombination(command.name, command, others);
  return ruleOf(command.name, { command, given: others, rest, input: options.input });
}

function checkWords(words: readonly string[]): string[] {
  if (!Array.isArray(words) || words.some((word) => typeof word !== 'string')) {
    throw invalidType('words', 'a string or an array of strings', words);
  }
  return withoutProgram(words);
}

interface Line {
  readonly command: Given;
  readonly given: readonly Given[];
  readonly rest: readonly string[];
  readonly input: string | undefined;
}

function ruleOf(name: CommandName, line: Line): Rule {
  switch (name) {
    case 'clear':
      return { method: 'flush', arguments: [] };
    case 'save':
      return { method: 'save', arguments: [] };
    case 'restore':
      return restoreRule(line);
    case 'set':
      return { method: 'setTimeouts', arguments: [timeoutsOf(line.command, line.rest)] };
    case 'start-daemon':
      return { method: 'startSyncDaemon', arguments: [daemonOf(line.command, line.given)] };
    case 'stop-daemon':
      return { method: 'stopSyncDaemon', arguments: [stateOf(line.command)] };
    case 'list':
      return listRule(line);
    default:
      return serviceRule(name, line);
  }
}

function restoreRule({ command, input }: Line): Rule {
  if (typeof input !== 'string') {
    const expected = "given with the rules to read, as parseRule's option input";
    throw invalidValue(command.written, expected, input);
  }
  return { method: 'restore', arguments: [input] };
}

/** How a list is printed makes no difference here: what is returned holds everything. */
function listRule({ given }: Line): Rule {
  const service = serviceOf(given);
  if (service !== undefined) return { method: 'listDests', arguments: [service] };
  for (const { name } of given) {
    if (name === 'connection') return { method: 'listConnections', arguments: [] };
    if (name === 'timeout') return { method: 'getTimeouts', arguments: [] };
    if (name === 'daemon') return { method: 'listSyncDaemons', arguments: [] };
  }
  return { method: 'snapshot', arguments: [] };
}

type ServiceCommand = Exclude<
  CommandName,
  'clear' | 'save' | 'restore' | 'set' | 'start-daemon' | 'stop-daemon' | 'list'
>;

function serviceRule(name: ServiceCommand, { given }: Line): Rule {
  const service = serviceOf(given);
  if (service === undefined) return { method: 'zero', arguments: [] };
  switch (name) {
    case 'add-service': {
      const settings = serviceSettingsOf(service, given);
      return { method: 'addService', arguments: [{ ...service, ...settings }] };
    }
    case 'edit-service':
      return { method: 'updateService', arguments: [service, serviceSettingsOf(service, given)] };
    case 'delete-service':
      return { method: 'removeService', arguments: [service] };
    case 'zero':
      return { method: 'zero', arguments: [service] };
    default:
      return destRule(name, service, given);
  }
}

function destRule(
  name: 'add-server' | 'edit-server' | 'delete-server',
  service: RuleService,
  given: readonly Given[],
): Rule {
  const written = destOf(service, given);
  if (name === 'delete-server') return { method: 'removeDest', arguments: [service, written] };
  const settings = destSettingsOf(given);
  checkFamilies(service, written, settings.fwd);
  const dest = forcedPort(service, written, settings.fwd);
  return name === 'add-server'
    ? { method: 'addDest', arguments: [service, { ...dest, ...settings }] }
    : { method: 'updateDest', arguments: [service, dest, settings] };
}

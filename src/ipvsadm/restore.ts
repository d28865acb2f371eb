import { invalidType, invalidValue } from '../errors/index.js';
import type { Ipvs } from '../ipvs/index.js';
import { formatServiceName } from '../ipvs/service-name.js';
import type { CallOptions } from '../options/index.js';
import { checkCallOptions } from '../options/index.js';
import type { Scope } from '../state/index.js';
import { readScope, undo } from '../state/index.js';
import { parseRule } from './parse-rule.js';
import type { RestoreFailure } from './restore-error.js';
import { RestoreError } from './restore-error.js';
import type { Rule } from './rule.js';
import { applyRule } from './rule.js';
import { splitLine } from './words.js';

/** What a restore did. */
export interface Restored {
  /** Lines that held a rule. */
  readonly rules: number;
  /** Services that were added. */
  readonly services: number;
  /** Destinations that were added. */
  readonly dests: number;
}

type ReadingMethod =
  | 'snapshot'
  | 'listDests'
  | 'listConnections'
  | 'getTimeouts'
  | 'listSyncDaemons'
  | 'save'
  | 'restore';
type Changing = Exclude<Rule, { readonly method: ReadingMethod }>;

interface Line {
  readonly line: number;
  readonly text: string;
  readonly rule: Changing;
}

/** Applies rules; see `Ipvs.restore`. */
export async function restore(
  ipvs: Ipvs,
  text: string,
  options: CallOptions = {},
): Promise<Restored> {
  if (typeof text !== 'string') throw invalidType('text', 'a string', text);
  checkCallOptions(options);
  const lines = parseLines(text);
  if (lines.length > 0) await applyAll(ipvs, lines, options);
  const count = (method: string): number =>
    lines.filter(({ rule }) => rule.method === method).length;
  return { rules: lines.length, services: count('addService'), dests: count('addDest') };
}

function parseLines(text: string): Line[] {
  const lines: Line[] = [];
  const errors: RestoreFailure[] = [];
  for (const [index, content] of text.split('\n').entries()) {
    const words = splitLine(content);
    if (words.length === 0) continue;
    const place = { line: index + 1, text: content };
    try {
      lines.push({ ...place, rule: parseChange(words) });
    } catch (error) {
      errors.push({ ...place, message: messageOf(error) });
    }
  }
  if (errors.length > 0) {
    throw new RestoreError('ERR_LVS_RULES', errors, { applied: [], undone: true });
  }
  return lines;
}

const changing: ReadonlySet<string> = new Set<Changing['method']>([
  'addService',
  'updateService',
  'removeService',
  'addDest',
  'updateDest',
  'removeDest',
  'flush',
  'zero',
  'setTimeouts',
  'startSyncDaemon',
  'stopSyncDaemon',
]);

function parseChange(words: readonly string[]): Changing {
  const rule = parseRule(words, { input: '' });
  if (changing.has(rule.method)) return rule as Changing;
  throw invalidValue(words[0] ?? '', 'a command that changes something', words[0]);
}

async function applyAll(ipvs: Ipvs, lines: readonly Line[], options: CallOptions): Promise<void> {
  const scope = scopeOf(lines);
  const before = await readScope(ipvs, scope, options);
  const applied: number[] = [];
  for (const step of stepsOf(lines)) {
    const outcomes = await Promise.allSettled(
      step.map(({ rule }) => applyRule(ipvs, rule, options)),
    );
    const refused: { readonly line: Line; readonly reason: unknown }[] = [];
    for (const [index, line] of step.entries()) {
      const outcome = outcomes[index];
      if (outcome?.status === 'rejected') refused.push({ line, reason: outcome.reason });
      else applied.push(line.line);
    }
    if (refused.length === 0) continue;
    const failure = await undo(ipvs, scope, before, options);
    options.signal?.throwIfAborted();
    const errors = refused.map(({ line: { line, text }, reason }) => ({
      line,
      text,
      message: messageOf(reason),
    }));
    const undone = failure === undefined;
    throw new RestoreError('ERR_LVS_RESTORE', errors, {
      applied,
      undone,
      cause: refused[0]?.reason,
    });
  }
}

/**
 * Lines that can go to the kernel at once: neighbours with the same command, and of neighbours that
 * add something, first all services and then all destinations.
 */
function stepsOf(lines: readonly Line[]): Line[][] {
  const runs: Line[][] = [];
  for (const line of lines) {
    const run = runs.at(-1);
    if (run !== undefined && kindOf(run[0]) === kindOf(line)) run.push(line);
    else runs.push([line]);
  }
  return runs.flatMap((run) => {
    if (kindOf(run[0]) !== 'add') return [run];
    const services = run.filter(({ rule }) => rule.method === 'addService');
    const dests = run.filter(({ rule }) => rule.method === 'addDest');
    return [services, dests].filter((step) => step.length > 0);
  });
}

function kindOf(line: Line | undefined): string | undefined {
  const method = line?.rule.method;
  return method === 'addService' || method === 'addDest' ? 'add' : method;
}

/** What has to be brought back if a line fails. Counters that were zeroed can't be. */
function scopeOf(lines: readonly Line[]): Scope {
  const methods = new Set(lines.map(({ rule }) => rule.method));
  const touched = new Set<string>();
  for (const { rule } of lines) {
    const service = serviceOf(rule);
    if (service !== undefined) touched.add(service);
  }
  return {
    services: methods.has('flush') ? 'all' : touched,
    timeouts: methods.has('setTimeouts'),
    syncDaemons: methods.has('startSyncDaemon') || methods.has('stopSyncDaemon'),
  };
}

function serviceOf(rule: Changing): string | undefined {
  switch (rule.method) {
    case 'addService':
    case 'updateService':
    case 'removeService':
    case 'addDest':
    case 'updateDest':
    case 'removeDest':
      return formatServiceName(rule.arguments[0]);
    default:
      return undefined;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

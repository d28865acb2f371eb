import type { Family } from '../address/index.js';
import type { CallOptions } from '../options/index.js';
import { checkInteger, checkObject } from '../options/index.js';
import { optionalFamily } from './families.js';
import type { Line } from './line.js';
import { formatPrefix } from './prefix.js';
import { checkTable } from './route-names.js';
import type { ResolvedRule } from './rule-config.js';
import { resolveRule, resolveRuleKey } from './rule-config.js';
import type { Rule, RuleFilter } from './rule-types.js';

export async function addRule(line: Line, config: unknown, options: CallOptions): Promise<void> {
  const rule = resolveRule(config);
  await line.act(
    {
      operation: 'addRule',
      write: (arena) => line.bound.rule.write(arena, rule),
      subject: {
        operation: 'add rule',
        object: rule.name,
        explain: ({ code }) =>
          code === 'EEXIST'
            ? { cause: 'there is such a rule already', cure: 'remove it first' }
            : undefined,
      },
      isDone: async () => (await find(line, rule)) !== undefined,
    },
    options,
  );
}

export async function removeRule(line: Line, key: unknown, options: CallOptions): Promise<void> {
  const rule = resolveRuleKey(key);
  await line.act(
    {
      operation: 'removeRule',
      write: (arena) => line.bound.rule.write(arena, rule),
      subject: {
        operation: 'remove rule',
        object: rule.name,
        explain: ({ code }) =>
          code === 'ENOENT' || code === 'ESRCH' ? { cause: 'there is no such rule' } : undefined,
      },
      isDone: async () => (await find(line, rule)) === undefined,
    },
    options,
  );
}

export async function listRules(
  line: Line,
  filter: RuleFilter,
  options: CallOptions,
): Promise<Rule[]> {
  const { family, matches } = resolveRuleFilter(filter);
  const rows = await line.list(
    {
      operation: 'listRules',
      write: (arena) => line.bound.rule.writeFilter(arena, family),
      read: () => (results, at) => line.bound.rule.read(results, at),
    },
    { operation: 'list rules' },
    options,
  );
  return rows.filter(matches);
}

interface ResolvedFilter {
  readonly family: Family | undefined;
  readonly matches: (rule: Rule) => boolean;
}

/** Checks which rules are wanted. */
export function resolveRuleFilter(value: unknown): ResolvedFilter {
  const given = checkObject('filter', value, ['family', 'table', 'priority']);
  const family = optionalFamily(given.family);
  const { table, priority } = given;
  const wanted = {
    table: table === undefined ? undefined : checkTable('table', table),
    priority:
      priority === undefined ? undefined : checkInteger('priority', priority, 0, 0xff_ff_ff_ff),
  };
  return {
    family,
    matches: (rule) =>
      (family === undefined || rule.family === family) &&
      (wanted.table === undefined || rule.table === wanted.table) &&
      (wanted.priority === undefined || rule.priority === wanted.priority),
  };
}

/** A rule that has all that a key names. */
async function find(line: Line, key: ResolvedRule): Promise<Rule | undefined> {
  const { family, from, to, numbers, table } = key;
  const rows = await listRules(line, { family, table }, {});
  return rows.find(
    (rule) =>
      (from === undefined || rule.from === formatPrefix(from)) &&
      (to === undefined || rule.to === formatPrefix(to)) &&
      Object.entries(numbers).every(
        ([name, value]) => rule[name as keyof typeof numbers] === value,
      ),
  );
}

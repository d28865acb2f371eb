import { inspect } from 'node:util';
import type { Family } from '../address/index.js';
import type { CounterOf, CounterOptions } from '../ipvs/index.js';
import { loadProtocol, openConnection } from '../native/index.js';
import type { CallOptions } from '../options/index.js';
import { checkBoolean, checkChoice, checkInteger } from '../options/index.js';
import { families } from '../xtables/rule-tables.js';
import { formatRule } from '../xtables/save-line.js';
import type { Choice, Sight } from './choose.js';
import { chooseBackend, warningsFor } from './choose.js';
import { NatCore } from './core.js';
import { explainFailure, explainNoBackend } from './explain.js';
import { listedRule } from './listed-rule.js';
import { look, probeThrough } from './look.js';
import type { ResolvedRedirect } from './redirect.js';
import { resolveRedirect } from './redirect.js';
import { bindTables } from './tables.js';
import type {
  Backend,
  FamilyOptions,
  NatOptions,
  NatRule,
  NatWarning,
  RedirectRule,
} from './types.js';

const backends: readonly (Backend | 'auto')[] = ['auto', 'iptables-nft', 'legacy', 'nftables'];
const defaultTimeout = 5000;
const defaultLockTimeout = 5000;
const longestTimeout = 2 ** 31 - 1;

/**
 * The nat rules of one network namespace that redirect packets to the machine itself: what a real
 * server needs to answer for a VIP that it has on no interface.
 *
 * Calls made in the same tick become one transaction of the kernel's (one commit of a legacy table).
 * If it refuses some of them, those alone reject and the others are done. Beside the errors that its
 * own text names, a call may reject with
 *
 * - a `TypeError` or `RangeError` with one of Node's `ERR_…` codes, before the kernel sees anything,
 * - a {@link KernelError}: `EPERM` without a capability, `EAGAIN` when somebody else held the xtables
 *   lock or kept changing the rules, `ENOENT`, `EOPNOTSUPP` or `ENOPROTOOPT` when the kernel lacks a
 *   part that the message names,
 * - a {@link HandleError}: closed or timed out.
 *
 * Rests on `<linux/netfilter/nf_tables.h>`, `<linux/netfilter_ipv4/ip_tables.h>` and
 * `iptables-extensions(8)`.
 */
export class Nat {
  readonly #core: NatCore;
  /** How the rules are kept in the kernel. */
  readonly backend: Backend;
  /** Why this backend was chosen. */
  readonly reason: string;
  /** What was noticed on opening. */
  readonly warnings: readonly NatWarning[];

  /**
   * Opens a handle and chooses a backend, without leaving a trace in the kernel's tables.
   *
   * @throws KernelError No backend works, or the wanted one doesn't: the message names the parts
   *   that the kernel lacks. `EPERM`: a capability is missing.
   * @throws LoadError This is not Linux, or the addon can't be loaded.
   */
  static async open(options: NatOptions = {}): Promise<Nat> {
    const wanted = checkChoice('backend', options.backend ?? 'auto', backends);
    const { lockTimeout = defaultLockTimeout, timeout = defaultTimeout, own = false } = options;
    checkInteger('lockTimeout', lockTimeout, 0, longestTimeout - timeout);
    checkBoolean('own', own);
    const tables = bindTables(loadProtocol('nat'));
    const connection = await openConnection(tables.protocol, options);
    try {
      const sight = await look(connection, tables, options);
      const probe = probeThrough(connection, tables, options);
      const choice = await choose(wanted, sight, probe);
      const settings = { backend: choice.backend, lockTimeout, timeout, own };
      return new Nat(new NatCore(connection, tables, settings), choice, sight);
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  private constructor(core: NatCore, choice: Choice, sight: Sight) {
    this.#core = core;
    this.backend = choice.backend;
    this.reason = choice.reason;
    this.warnings = warningsFor(choice.backend, sight);
  }

  /**
   * Adds a rule behind those that its chain has (`iptables -t nat -A PREROUTING … -j REDIRECT`).
   * Connections that exist already keep going where they went.
   *
   * @throws KernelError `EEXIST`: the same rule is there.
   */
  async addRedirect(rule: RedirectRule, options?: CallOptions): Promise<void> {
    const redirect = resolveRedirect(rule);
    await this.#core.edit('addRule', subjectOf('add redirect', '-A', redirect), redirect, options);
  }

  /**
   * Removes the first rule that is the same (`iptables -t nat -D PREROUTING … -j REDIRECT`),
   * whoever made it.
   *
   * @throws KernelError `ENOENT`: there is none.
   */
  async removeRedirect(rule: RedirectRule, options?: CallOptions): Promise<void> {
    const redirect = resolveRedirect(rule);
    const subject = subjectOf('remove redirect', '-D', redirect);
    await this.#core.edit('removeRule', subject, redirect, options);
  }

  /** Makes sure that the rule is there, wherever in its chain. */
  async ensureRedirect(
    rule: RedirectRule,
    options?: CallOptions,
  ): Promise<'created' | 'unchanged'> {
    const redirect = resolveRedirect(rule);
    const subject = subjectOf('ensure redirect', '-A', redirect);
    const { changed } = await this.#core.edit('ensureRule', subject, redirect, options);
    return changed ? 'created' : 'unchanged';
  }

  /**
   * All rules of the nat table, whoever made them (`iptables-save -t nat`): IPv4 first, then IPv6,
   * or those of one family. With the backend `nftables`: those of its own table.
   */
  async listRules<const O extends CallOptions & FamilyOptions & CounterOptions>(
    options?: O,
  ): Promise<NatRule<CounterOf<O>>[]> {
    const { family, bigint = false, ...callOptions } = options ?? ({} as O);
    checkBoolean('bigint', bigint);
    const wanted = family === undefined ? families : [checkChoice('family', family, families)];
    const lists = await Promise.all(
      wanted.map(async (each) => {
        const subject = { operation: 'list rules', object: `${command(each)} -S` };
        const rows = await this.#core.list(subject, { family: each }, callOptions);
        return rows.map((row) => listedRule(each, row, bigint));
      }),
    );
    return lists.flat() as NatRule<CounterOf<O>>[];
  }

  /**
   * Removes every rule of the nat table, also other people's, from all its chains, which stay:
   * exactly `iptables -t nat -F`, or `ip6tables -t nat -F` for the family `ipv6`. With the backend
   * `nftables` those of its own table.
   *
   * @param options - `family` defaults to `'ipv4'`.
   * @returns what was removed.
   */
  async flush(options: CallOptions & FamilyOptions = {}): Promise<NatRule[]> {
    const { family = 'ipv4', ...callOptions } = options;
    checkChoice('family', family, families);
    const subject = { operation: 'flush', object: `${command(family)} -F` };
    const { removed } = await this.#core.edit('flush', subject, { family }, callOptions);
    return removed.map((row) => listedRule(family, row, false) as NatRule);
  }

  /** Waits for what is in flight and closes the handle. Calling it again does no harm. */
  close(): Promise<void> {
    return this.#core.connection.close();
  }

  /** Closes the handle at the end of `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @internal */
  [inspect.custom](): string {
    const { closed, inFlight } = this.#core.connection;
    return `Nat { backend: '${this.backend}', open: ${!closed}, inFlight: ${inFlight} }`;
  }
}

async function choose(
  wanted: Backend | 'auto',
  sight: Sight,
  probe: ReturnType<typeof probeThrough>,
): Promise<Choice> {
  if (wanted === 'auto') {
    const choice = await chooseBackend(sight, probe);
    if (Array.isArray(choice)) throw explainNoBackend(choice);
    return choice;
  }
  const failure = await probe(wanted);
  if (failure === undefined) return { backend: wanted, reason: 'it was asked for' };
  const subject = { operation: 'open nat', object: `backend '${wanted}'` };
  throw explainFailure('probe', wanted, subject, failure, 0);
}

function command(family: Family): string {
  return `${family === 'ipv4' ? 'iptables' : 'ip6tables'} -t nat`;
}

function subjectOf(
  operation: string,
  verb: string,
  { family, chain, rule }: ResolvedRedirect,
): { readonly operation: string; readonly object: string } {
  return { operation, object: `${command(family)} ${verb} ${chain} ${formatRule(rule)}` };
}

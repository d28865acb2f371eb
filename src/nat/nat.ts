import type { InspectOptionsStylized } from 'node:util';
import { inspect } from 'node:util';
import type { CounterOf, CounterOptions } from '../ipvs/index.js';
import { inspectHandle, loadProtocol, openConnection } from '../native/index.js';
import type { CallOptions } from '../options/index.js';
import { checkBoolean, checkChoice, checkInteger } from '../options/index.js';
import type { Watch } from '../watch/index.js';
import type { Choice, Sight } from './choose.js';
import { warningsFor } from './choose.js';
import { dropConnections } from './connections.js';
import { NatCore } from './core.js';
import type { KeepOptions, RedirectKeeper } from './keep/index.js';
import { Keepers } from './keep/index.js';
import { look, probeThrough } from './look.js';
import { Redirects } from './redirects.js';
import { Rules } from './rules.js';
import { bindTables } from './tables.js';
import type {
  Backend,
  ConnectionPattern,
  FamilyOptions,
  NatChain,
  NatOptions,
  NatRule,
  NatWarning,
  PositionOptions,
  RedirectRule,
} from './types.js';
import { wantedBackend } from './wanted-backend.js';
import type { NatChange, NatWatchOptions } from './watch/index.js';
import { watch } from './watch/index.js';

const backends: readonly (Backend | 'auto')[] = ['auto', 'iptables-nft', 'legacy', 'nftables'];
const defaultTimeout = 5000;
const defaultLockTimeout = 5000;
const longestTimeout = 2 ** 31 - 1;

/**
 * The nat rules of one network namespace that redirect packets to the machine itself: what a real
 * server needs to answer for a VIP that it has on no interface.
 *
 * Calls made in the same tick become one transaction of the kernel's (one commit of a legacy table);
 * more than fifteen hundred become several. If it refuses some of them, those alone reject and the
 * others are done. Beside the errors that its own text names, a call may reject with
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
  readonly #redirects: Redirects;
  readonly #rules: Rules;
  readonly #keepers: Keepers;
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
      const probe = probeThrough(connection, tables, own, options);
      const choice = await wantedBackend(wanted, own, sight, probe);
      const settings = { backend: choice.backend, lockTimeout, timeout, own };
      return new Nat(new NatCore(connection, tables, settings), choice, sight);
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  private constructor(core: NatCore, choice: Choice, sight: Sight) {
    this.#core = core;
    this.#redirects = new Redirects(core);
    this.#rules = new Rules(core);
    this.#keepers = new Keepers(core, this.#redirects, this.#rules);
    this.backend = choice.backend;
    this.reason = choice.reason;
    this.warnings = warningsFor(choice.backend, sight);
  }

  /**
   * Adds a rule behind those that its chain has (`iptables -t nat -A PREROUTING … -j REDIRECT`), or
   * at a position (`-I`). Connections that exist already keep going where they went.
   *
   * @throws KernelError `EEXIST`: the same rule is there. `ERANGE`: the chain has no such position.
   */
  addRedirect(rule: RedirectRule, options?: CallOptions & PositionOptions): Promise<void> {
    return this.#redirects.add(rule, options);
  }

  /**
   * Removes the rule that is the same (`iptables -t nat -D PREROUTING … -j REDIRECT`). Of several,
   * one that carries this package's mark goes first, or else the first one, whoever made it.
   *
   * @throws KernelError `ENOENT`: there is none.
   */
  async removeRedirect(rule: RedirectRule, options?: CallOptions): Promise<void> {
    await this.#released(this.#redirects.remove(rule, options));
  }

  /** Makes sure that the rule is there, wherever in its chain. */
  ensureRedirect(rule: RedirectRule, options?: CallOptions): Promise<'created' | 'unchanged'> {
    return this.#redirects.ensure(rule, options);
  }

  /** The first rule that is the same, with its counters, or `undefined` (`iptables -C`). */
  getRedirect(rule: RedirectRule, options?: CallOptions): Promise<NatRule | undefined> {
    return this.#redirects.get(rule, options);
  }

  /**
   * Puts a rule in another's place in one step (`iptables -R`). Both are of the same chain and
   * family.
   *
   * @throws KernelError `ENOENT`: the old one isn't there. `EEXIST`: the new one is there already.
   */
  async replaceRedirect(
    old: RedirectRule,
    rule: RedirectRule,
    options?: CallOptions,
  ): Promise<void> {
    await this.#released(this.#redirects.replace(old, rule, options));
  }

  /**
   * Has the kernel check a rule without adding it, and without leaving a trace. The legacy backend
   * has no such check: there it is seen whether the kernel has each match and the target.
   *
   * @throws KernelError What `addRedirect` would reject with.
   */
  validateRedirect(rule: RedirectRule, options?: CallOptions & PositionOptions): Promise<void> {
    return this.#redirects.validate(rule, options);
  }

  /**
   * All rules of the nat table, whoever made them (`iptables-save -t nat`): IPv4 first, then IPv6,
   * or those of one family. With the backend `nftables`: those of its own table.
   */
  listRules<const O extends CallOptions & FamilyOptions & CounterOptions>(
    options?: O,
  ): Promise<NatRule<CounterOf<O>>[]> {
    return this.#rules.list(options) as Promise<NatRule<CounterOf<O>>[]>;
  }

  /** The chains that exist, with their policies; on nf_tables a chain is made when it is needed. */
  listChains<const O extends CallOptions & FamilyOptions & CounterOptions>(
    options?: O,
  ): Promise<NatChain<CounterOf<O>>[]> {
    return this.#rules.listChains(options) as Promise<NatChain<CounterOf<O>>[]>;
  }

  /**
   * Removes a listed rule, of whatever kind: on nf_tables exactly that one, by its handle, on the
   * legacy backend the first that is the same.
   *
   * @throws KernelError `ENOENT`: it is gone.
   */
  async removeRule(rule: NatRule<number | bigint>, options?: CallOptions): Promise<void> {
    await this.#released(this.#rules.remove(rule, options));
  }

  /**
   * Removes every rule of the nat table, also other people's, from all its chains, which stay:
   * exactly `iptables -t nat -F`, or `ip6tables -t nat -F` for the family `ipv6`. With the backend
   * `nftables` those of its own table.
   *
   * @param options - `family` defaults to `'ipv4'`.
   * @returns what was removed.
   */
  flush(options?: CallOptions & FamilyOptions): Promise<NatRule[]> {
    return this.#released(this.#rules.flush(options));
  }

  /**
   * Removes the rules that this package made, in both families: on nf_tables those that carry its
   * mark, also of earlier programs; on the legacy backend, where nobody can tell, those that this
   * handle made.
   *
   * @returns what was removed.
   */
  flushOwn(options: CallOptions = {}): Promise<NatRule[]> {
    return this.#released(
      this.backend === 'legacy'
        ? this.#redirects.removeMade(options)
        : this.#rules.flushMarked(options),
    );
  }

  /**
   * Watches the nat rules: an async iterable that tells of each change, whoever makes it, and in
   * nf_tables who that is. Reading begins it; leaving the loop, `close()`, an aborted `signal` and
   * closing the handle end it. With the backend `nftables`: the rules of its own table.
   *
   * In nf_tables (`nft monitor`) one transaction is one change of each family, IPv4 first. Legacy tables are
   * looked at from time to time, which makes none: what comes and goes between two looks is not
   * seen, nor who it was.
   *
   * @throws TypeError or RangeError when an option makes no sense. The loop throws a
   *   {@link KernelError}: `EPERM` without CAP_NET_ADMIN.
   */
  watch(options: NatWatchOptions = {}): Watch<NatChange> {
    return watch(this.#core, this.#rules, options);
  }

  /**
   * Makes sure that the rule is there, and puts it back when somebody else takes it away, at once
   * and behind the last of its chain: after a `-D`, a flush, or a firewall that loads its own rules.
   * The result tells what was put back and why.
   *
   * It does not fight for ever. The second time within `period` it waits for 100 ms, then for 200,
   * and so on; when the rule is taken away once more than `attempts` times, or could not be put back
   * as often as that, the keeper ends with an error. It also ends with `close()`, `return()`, an
   * aborted `signal` and the handle, and when this handle itself takes the rule away
   * (`removeRedirect`, `flush`, …). The rule stays where it then is.
   *
   * On the legacy backend it takes up to `interval` to notice.
   *
   * @throws KernelError What `ensureRedirect` and `watch` reject with.
   */
  keepRedirect(rule: RedirectRule, options?: KeepOptions): Promise<RedirectKeeper> {
    return this.#keepers.keep(rule, options);
  }

  /**
   * Removes the connections to a VIP from the kernel's table of tracked connections
   * (`conntrack -D --orig-dst`). Nat decides on a connection's first packet; dropped, it decides anew
   * on the next one, so that rules added or removed meanwhile hold for what was there before them. A
   * TCP connection whose packets then go elsewhere is reset by whoever gets them.
   *
   * @returns how many there were.
   * @throws KernelError `EPERM` without CAP_NET_ADMIN; `EINVAL`: the kernel lacks
   *   nf_conntrack_netlink.
   */
  dropConnections(pattern: ConnectionPattern, options?: CallOptions): Promise<number> {
    return dropConnections(this.#core, pattern, options);
  }

  /**
   * Sets the counters of all rules and policies back to zero (`iptables -t nat -Z`), of one family
   * or both. In nf_tables a rule of somebody else with a set of its own (`ip saddr { … }`) keeps its.
   */
  zeroCounters(options?: CallOptions & FamilyOptions): Promise<void> {
    return this.#rules.zero(options);
  }

  /** Waits for what is in flight and closes the handle. Calling it again does no harm. */
  close(): Promise<void> {
    return this.#core.connection.close();
  }

  /** Closes the handle at the end of `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** What this handle has taken away is not to be put back. */
  async #released(removed: Promise<NatRule[]>): Promise<NatRule[]> {
    const rules = await removed;
    await this.#keepers.release(rules);
    return rules;
  }

  /** @internal */
  [inspect.custom](depth: number, options: InspectOptionsStylized): string {
    return inspectHandle('Nat', this.#core.connection, depth, options, { backend: this.backend });
  }
}

import type {
  AddressServiceKey,
  DestConfig,
  DestSettings,
  Ipvs,
  MarkServiceKey,
  ServiceConfig,
  ServiceSettings,
  SyncDaemonConfig,
  SyncState,
  Timeouts,
} from '../ipvs/index.js';
import type { CallOptions } from '../options/index.js';

/** A service as a rule names it. */
export type RuleService = AddressServiceKey | MarkServiceKey;

/** A destination as a rule names it: its port is always there. */
export interface RuleDest {
  /** The real server. */
  readonly address: string;
  /** 0 to 65535. */
  readonly port: number;
}

/** A call of a method of {@link Ipvs}. */
export interface RuleCall<Method extends keyof Ipvs, Arguments extends readonly unknown[]> {
  /** The method's name. */
  readonly method: Method;
  /** What it is called with. */
  readonly arguments: Arguments;
}

/** One ipvsadm command as a call of {@link Ipvs}. */
export type Rule =
  | RuleCall<'addService', readonly [service: ServiceConfig]>
  | RuleCall<'updateService', readonly [service: RuleService, patch: ServiceSettings]>
  | RuleCall<'removeService', readonly [service: RuleService]>
  | RuleCall<'addDest', readonly [service: RuleService, dest: DestConfig & RuleDest]>
  | RuleCall<'updateDest', readonly [service: RuleService, dest: RuleDest, patch: DestSettings]>
  | RuleCall<'removeDest', readonly [service: RuleService, dest: RuleDest]>
  | RuleCall<'flush', readonly []>
  | RuleCall<'zero', readonly [service?: RuleService]>
  | RuleCall<'setTimeouts', readonly [timeouts: Partial<Timeouts>]>
  | RuleCall<'startSyncDaemon', readonly [daemon: SyncDaemonConfig]>
  | RuleCall<'stopSyncDaemon', readonly [state: SyncState]>
  | RuleCall<'snapshot', readonly []>
  | RuleCall<'listDests', readonly [service: RuleService]>
  | RuleCall<'listConnections', readonly []>
  | RuleCall<'getTimeouts', readonly []>
  | RuleCall<'listSyncDaemons', readonly []>
  | RuleCall<'save', readonly []>
  | RuleCall<'restore', readonly [text: string]>;

/** What applying a rule returns: what the method that it calls returns. */
export type RuleResult<R extends Rule> = R extends Rule ? ReturnType<Ipvs[R['method']]> : never;

/**
 * Makes the call that a rule stands for, and returns what that returns.
 *
 * @param rule - What {@link parseRule} made of a command line.
 */
export function applyRule<R extends Rule>(
  ipvs: Ipvs,
  rule: R,
  options?: CallOptions,
): RuleResult<R> {
  return call(ipvs, rule, options) as RuleResult<R>;
}

function call(ipvs: Ipvs, rule: Rule, options: CallOptions | undefined): RuleResult<Rule> {
  switch (rule.method) {
    case 'addService':
      return ipvs.addService(...rule.arguments, options);
    case 'updateService':
      return ipvs.updateService(...rule.arguments, options);
    case 'removeService':
      return ipvs.removeService(...rule.arguments, options);
    case 'addDest':
      return ipvs.addDest(...rule.arguments, options);
    case 'updateDest':
      return ipvs.updateDest(...rule.arguments, options);
    case 'removeDest':
      return ipvs.removeDest(...rule.arguments, options);
    case 'zero':
      return ipvs.zero(rule.arguments[0], options);
    case 'setTimeouts':
      return ipvs.setTimeouts(...rule.arguments, options);
    case 'startSyncDaemon':
      return ipvs.startSyncDaemon(...rule.arguments, options);
    case 'stopSyncDaemon':
      return ipvs.stopSyncDaemon(...rule.arguments, options);
    case 'listDests':
      return ipvs.listDests(...rule.arguments, options);
    case 'restore':
      return ipvs.restore(...rule.arguments, options);
    default:
      return ipvs[rule.method](options);
  }
}

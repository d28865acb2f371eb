/**
 * The Linux Virtual Server as a typed library: services, destinations and connections of the
 * kernel's IPVS, over netlink.
 *
 * @module lvs
 */
export {
  HandleError,
  type HandleErrorCode,
  KernelError,
  LoadError,
  LvsError,
} from './errors/index.js';
export * from './ipvs/index.js';
export {
  applyRule,
  type FormatOptions,
  formatRules,
  parseRule,
  type Restored,
  RestoreError,
  type RestoreErrorCode,
  type RestoreFailure,
  type Rule,
  type RuleCall,
  type RuleDest,
  type RuleOptions,
  type RuleResult,
  type RuleService,
  type SaveOptions,
} from './ipvsadm/index.js';
export type {
  HandleTrace,
  MessageTrace,
  RequestTrace,
  TraceResult,
  TraceSubject,
} from './native/index.js';
export type { CallOptions, OpenOptions } from './options/index.js';
export type { DestState, ImportOptions, IpvsState, ServiceState } from './state/index.js';

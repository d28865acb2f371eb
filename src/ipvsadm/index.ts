export { type FormatOptions, formatRules } from './format-rules.js';
export { parseRule, type RuleOptions } from './parse-rule.js';
export { type Restored, restore } from './restore.js';
export { RestoreError, type RestoreErrorCode, type RestoreFailure } from './restore-error.js';
export {
  applyRule,
  type Rule,
  type RuleCall,
  type RuleDest,
  type RuleResult,
  type RuleService,
} from './rule.js';
export { type SaveOptions, save } from './save.js';

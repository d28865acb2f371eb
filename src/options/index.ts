export { type CallOptions, checkCallOptions, type OpenOptions } from './call-options.js';
export { checkBoolean, checkChoice, checkInteger, checkObject, checkText } from './check.js';
export {
  checkNetnsName,
  inNetnsFile,
  inOwnNetns,
  netnsFile,
  netnsName,
  resolveNetns,
  withNetns,
} from './netns.js';
export { pause } from './pause.js';

export type {
  ForwardingMethod,
  ForwardingOptions,
  ForwardingReport,
  ForwardingServer,
} from './types.js';
export { verifyForwarding } from './verify.js';

export type {
  ForwardingMethod,
  ForwardingOptions,
  ForwardingReport,
  ForwardingServer,
  ForwardingTunnel,
} from './types.js';
export { verifyForwarding } from './verify.js';

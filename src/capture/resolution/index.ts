export { arpAnnouncement } from './arp.js';
export { type AddressClaim, claimOf } from './claim.js';
export { neighbourAnnouncement } from './neighbour-discovery.js';
export { openPort } from './port.js';
export { probeFrame } from './probe.js';

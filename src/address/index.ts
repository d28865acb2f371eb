export { type Address, checkAddress } from './check.js';
export { formatAddress } from './format.js';
export { type Family, familyOf, ipv4Number, writeAddress } from './parse.js';

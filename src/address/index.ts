export { type Address, checkAddress } from './check.js';
export { formatAddress } from './format.js';
export { type Family, familyOf, writeAddress } from './parse.js';

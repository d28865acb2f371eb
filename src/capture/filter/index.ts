export { checkMac } from './check.js';
export { compileFilter, filterProgram } from './compile.js';
export type { Filter, FilterEndpoint, FilterProtocol, TcpFlagsFilter } from './types.js';

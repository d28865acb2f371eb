export { type EventSource, Watch } from './watch.js';

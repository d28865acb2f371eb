export { formatFrame, frameFormatter } from './format.js';

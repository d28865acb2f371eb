import { describe } from 'vitest';
import { backendSuite } from './backend-suite.js';
import { iptablesSuite } from './suite.js';

describe('legacy, seen by iptables', () => iptablesSuite('legacy', 'legacy'));
describe('legacy', () => backendSuite('legacy'));

import { describe } from 'vitest';
import { needing } from '../lacks.js';
import { backendSuite } from './backend-suite.js';
import { iptablesSuite } from './suite.js';
import { watchSuite } from './watch-suite.js';

needing('ip_tables', () => {
  describe('legacy, seen by iptables', () => iptablesSuite('legacy', 'legacy'));
  describe('legacy', () => backendSuite('legacy'));
  describe('legacy, watched', () => watchSuite('legacy'));
});

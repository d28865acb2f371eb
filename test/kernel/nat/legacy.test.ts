import { describe } from 'vitest';
import { iptablesSuite } from './suite.js';

describe('legacy', () => iptablesSuite('legacy', 'legacy'));

import { describe } from 'vitest';
import { backendSuite } from '../nat/backend-suite.js';
import { iptablesSuite } from '../nat/suite.js';

describe('iptables-nft, seen by iptables', () => iptablesSuite('iptables-nft', 'nft'));
describe('iptables-nft', () => backendSuite('iptables-nft'));

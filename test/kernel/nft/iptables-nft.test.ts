import { describe } from 'vitest';
import { iptablesSuite } from '../nat/suite.js';

describe('iptables-nft', () => iptablesSuite('iptables-nft', 'nft'));

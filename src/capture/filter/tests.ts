import { writeAddress } from '../../address/index.js';
import type { Assembler, Label } from './assembler.js';
import { absent, etherTypes, memory } from './headers.js';

/** How much of the headers a test looks at: `transport` needs `network` too. */
type Depth = 'network' | 'transport';

/** A condition on a frame, before it becomes instructions. */
export type Test =
  | { readonly kind: 'all' | 'any'; readonly tests: readonly Test[] }
  | { readonly kind: 'not'; readonly test: Test }
  | {
      readonly kind: 'one';
      readonly depth: Depth;
      readonly emit: (code: Assembler, yes: Label, no: Label) => void;
    };

/** Source or destination. */
export type Side = 'source' | 'destination';

export function all(...tests: readonly Test[]): Test {
  return { kind: 'all', tests };
}

export function any(...tests: readonly Test[]): Test {
  return { kind: 'any', tests };
}

export function not(test: Test): Test {
  return { kind: 'not', test };
}

/** Protocols by their numbers in the IP header (IANA). */
export const protocolNumbers = {
  icmp: 1,
  ipip: 4,
  tcp: 6,
  udp: 17,
  gre: 47,
  icmpv6: 58,
  sctp: 132,
} as const;

const withPorts = [protocolNumbers.tcp, protocolNumbers.udp, protocolNumbers.sctp];

function memoryIs(depth: Depth, place: number, values: readonly number[]): Test {
  return {
    kind: 'one',
    depth,
    emit: (code, yes, no) => {
      code.emit('ldMemory', place);
      for (const value of values) code.when('jeq', value, yes);
      code.go(no);
    },
  };
}

/** The Ethernet type, behind all tags, is one of these. */
export function typeIs(...types: readonly number[]): Test {
  return memoryIs('network', memory.type, types);
}

/** The protocol behind the IP headers is one of these. */
export function protocolIs(...protocols: readonly number[]): Test {
  return memoryIs('transport', memory.protocol, protocols);
}

/** The outer tag has this identifier, or any. */
export function vlanIs(identifier: number | boolean): Test {
  const none = memoryIs('network', memory.vlan, [absent]);
  if (identifier === false) return none;
  return identifier === true ? not(none) : memoryIs('network', memory.vlan, [identifier]);
}

export const isArp: Test = typeIs(etherTypes.arp);

/** Bits of a header's word, offset from the network header. */
function networkWord(offset: number, mask: number, value: number): Test {
  return {
    kind: 'one',
    depth: 'network',
    emit: (code, yes, no) => {
      code.emit('ldxMemory', memory.network);
      code.emit('ldIndexed', offset);
      if (mask !== absent) code.emit('and', mask);
      code.branch('jeq', value, yes, no);
    },
  };
}

const addressOffsets = {
  ipv4: { source: 12, destination: 16 },
  ipv6: { source: 8, destination: 24 },
  arp: { source: 14, destination: 24 },
} as const;

/** The address on that side begins with so many bits of this one; in ARP too, when it is IPv4. */
export function addressIs(side: Side, address: string, prefixLength: number): Test {
  const view = new DataView(new ArrayBuffer(16));
  const length = writeAddress(view, 0, address);
  const words = (offset: number): Test[] => wordsOf(view, length, prefixLength, offset);
  if (length === 16) {
    return all(typeIs(etherTypes.ipv6), ...words(addressOffsets.ipv6[side]));
  }
  return any(
    all(typeIs(etherTypes.ipv4), ...words(addressOffsets.ipv4[side])),
    all(typeIs(etherTypes.arp, etherTypes.reverseArp), ...words(addressOffsets.arp[side])),
  );
}

function wordsOf(view: DataView, length: number, prefixLength: number, offset: number): Test[] {
  const tests: Test[] = [];
  for (let at = 0; at < length && at * 8 < prefixLength; at += 4) {
    const bits = Math.min(prefixLength - at * 8, 32);
    const mask = (absent << (32 - bits)) >>> 0;
    tests.push(networkWord(offset + at, mask, (view.getUint32(at) & mask) >>> 0));
  }
  return tests;
}

/** The transport header is there, and its protocol is one of these. */
function hasTransport(protocols: readonly number[]): Test {
  return all(protocolIs(...protocols), not(memoryIs('transport', memory.transport, [absent])));
}

export function portIs(side: Side, first: number, last: number): Test {
  return all(hasTransport(withPorts), {
    kind: 'one',
    depth: 'transport',
    emit: (code, yes, no) => {
      code.emit('ldxMemory', memory.transport);
      code.emit('ldhIndexed', side === 'source' ? 0 : 2);
      if (first === last) {
        code.branch('jeq', first, yes, no);
        return;
      }
      code.unless('jge', first, no);
      code.branch('jgt', last, no, yes);
    },
  });
}

const flagsOffset = 13;

/** Of the flags in `mask`, exactly those in `set` are set. */
export function tcpFlagsAre(mask: number, set: number): Test {
  return all(hasTransport([protocolNumbers.tcp]), {
    kind: 'one',
    depth: 'transport',
    emit: (code, yes, no) => {
      code.emit('ldxMemory', memory.transport);
      code.emit('ldbIndexed', flagsOffset);
      code.emit('and', mask);
      code.branch('jeq', set, yes, no);
    },
  });
}

/** The Ethernet address, given as its six bytes. Frames without a link header have none. */
export function macIs(side: Side, mac: Uint8Array): Test {
  const view = new DataView(mac.buffer, mac.byteOffset);
  const offset = side === 'source' ? 6 : 0;
  return {
    kind: 'one',
    depth: 'network',
    emit: (code, yes, no) => {
      code.emit('ldMemory', memory.network);
      code.when('jeq', 0, no);
      code.emit('ld', offset);
      code.unless('jeq', view.getUint32(0), no);
      code.emit('ldh', offset + 4);
      code.branch('jeq', view.getUint16(4), yes, no);
    },
  };
}

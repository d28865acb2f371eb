import type { Assembler, Label } from './assembler.js';
import { ancillary } from './instructions.js';

/**
 * What the beginning of every program finds out about a frame, once, into the scratch memory; the
 * conditions behind it only compare. Where something is not there, it says {@link absent}.
 */
export const memory = {
  /** Offset of the network header. */
  network: 0,
  /** Its Ethernet type. */
  type: 1,
  /** Identifier of the outer VLAN tag. */
  vlan: 2,
  /** Protocol behind the IP header and its extensions. */
  protocol: 3,
  /** Offset of the transport header. */
  transport: 4,
} as const;

/** No protocol, no tag, no header: larger than all of them. */
export const absent = 0xff_ff_ff_ff;

/** Ethernet types (linux/if_ether.h). */
export const etherTypes = {
  ipv4: 0x08_00,
  arp: 0x08_06,
  reverseArp: 0x80_35,
  ipv6: 0x86_dd,
} as const;

const tagTypes = [0x81_00, 0x88_a8, 0x91_00];
const ethernetHardware = [1, 772]; // ARPHRD_ETHER, ARPHRD_LOOPBACK
const addressesLength = 12;
const extensionHeaders = [0, 43, 60]; // hop-by-hop, routing, destination options
const fragmentHeader = 44;
const mostExtensions = 4;

/** Finds the network header, its type and the outer tag. */
export function findNetwork(code: Assembler): void {
  const ethernet = code.label();
  const done = code.label();
  code.emit('ldi', absent);
  code.emit('st', memory.vlan);
  code.emit('ld', ancillary.hardwareType);
  for (const type of ethernetHardware) code.when('jeq', type, ethernet);
  findRawType(code, done);
  code.place(ethernet);
  readStrippedTag(code);
  readTagsInData(code);
  code.place(done);
}

/** Without a link header, the version in the first byte tells. */
function findRawType(code: Assembler, done: Label): void {
  const [ipv4, ipv6] = [code.label(), code.label()];
  code.emit('ldxi', 0);
  code.emit('stx', memory.network);
  code.emit('ldb', 0);
  code.emit('rsh', 4);
  code.when('jeq', 4, ipv4);
  code.when('jeq', 6, ipv6);
  for (const [label, type] of [
    [undefined, absent],
    [ipv4, etherTypes.ipv4],
    [ipv6, etherTypes.ipv6],
  ] as const) {
    if (label !== undefined) code.place(label);
    code.emit('ldi', type);
    code.emit('st', memory.type);
    code.go(done);
  }
}

function readStrippedTag(code: Assembler): void {
  const none = code.label();
  code.emit('ld', ancillary.vlanTagPresent);
  code.when('jeq', 0, none);
  code.emit('ld', ancillary.vlanTag);
  code.emit('and', 0xf_ff);
  code.emit('st', memory.vlan);
  code.place(none);
}

/** A second tag, or one that was sent by hand, is in the data. */
function readTagsInData(code: Assembler): void {
  const done = code.label();
  code.emit('ldxi', addressesLength);
  for (const round of [0, 1]) {
    const tagged = code.label();
    const known = code.label();
    code.emit('ldhIndexed', 0);
    for (const type of tagTypes) code.when('jeq', type, tagged);
    code.go(done);
    code.place(tagged);
    if (round === 0) {
      code.emit('ldMemory', memory.vlan);
      code.unless('jeq', absent, known);
      code.emit('ldhIndexed', 2);
      code.emit('and', 0xf_ff);
      code.emit('st', memory.vlan);
    }
    code.place(known);
    code.emit('txa');
    code.emit('add', 4);
    code.emit('tax');
  }
  code.place(done);
  code.emit('ldhIndexed', 0);
  code.emit('st', memory.type);
  code.emit('txa');
  code.emit('add', 2);
  code.emit('st', memory.network);
}

/** Finds the transport header and its protocol. A later fragment has no transport header. */
export function findTransport(code: Assembler): void {
  const [ipv4, ipv6, done] = [code.label(), code.label(), code.label()];
  code.emit('ldi', absent);
  code.emit('st', memory.protocol);
  code.emit('st', memory.transport);
  code.emit('ldxMemory', memory.network);
  code.emit('ldMemory', memory.type);
  code.when('jeq', etherTypes.ipv4, ipv4);
  code.when('jeq', etherTypes.ipv6, ipv6);
  code.go(done);
  code.place(ipv4);
  findBehindIpv4(code, done);
  code.place(ipv6);
  findBehindIpv6(code, done);
  code.place(done);
}

function findBehindIpv4(code: Assembler, done: Label): void {
  code.emit('ldbIndexed', 9);
  code.emit('st', memory.protocol);
  code.emit('ldhIndexed', 6);
  code.when('jset', 0x1f_ff, done);
  code.emit('ldbIndexed', 0);
  code.emit('and', 0xf);
  code.emit('lsh', 2);
  code.emit('addx');
  code.emit('st', memory.transport);
  code.go(done);
}

/** BPF has no loops, so as many extension headers are followed as rounds are written out. */
function findBehindIpv6(code: Assembler, done: Label): void {
  const found = code.label();
  code.emit('ldbIndexed', 6);
  code.emit('st', memory.protocol);
  code.emit('txa');
  code.emit('add', 40);
  code.emit('tax');
  for (let round = 0; round < mostExtensions; round++) {
    const [extension, fragment, next] = [code.label(), code.label(), code.label()];
    code.emit('ldMemory', memory.protocol);
    for (const header of extensionHeaders) code.when('jeq', header, extension);
    code.branch('jeq', fragmentHeader, fragment, found);
    code.place(extension);
    code.emit('ldbIndexed', 0);
    code.emit('st', memory.protocol);
    code.emit('ldbIndexed', 1);
    code.emit('add', 1);
    code.emit('lsh', 3);
    code.go(next);
    code.place(fragment);
    code.emit('ldbIndexed', 0);
    code.emit('st', memory.protocol);
    code.emit('ldhIndexed', 2);
    code.when('jset', 0xff_f8, done);
    code.emit('ldi', 8);
    code.place(next);
    code.emit('addx');
    code.emit('tax');
  }
  code.place(found);
  code.emit('stx', memory.transport);
}

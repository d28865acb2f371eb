import { ipProtocol } from '../numbers.js';
import { Truncated } from '../packet.js';
import type { Printer } from './printer.js';

const leastHeader = 20;
/** Their lines begin with ports, so their printers print the addresses too. */
export const withPorts: readonly number[] = [ipProtocol.tcp, ipProtocol.udp];

/** Prints an IPv4 packet that lies in `length` bytes. */
export function printIpv4(to: Printer, at: number, length: number): void {
  to.protocol = 'ip';
  const { packet } = to;
  const version = packet.u8(at) >> 4;
  if (version !== 4) {
    to.print(version === 6 ? 'IP6, wrong link-layer encapsulation' : `IP${version}`);
    to.invalid();
    return;
  }
  if (!packet.has(at, leastHeader)) {
    to.truncated();
    return;
  }
  const headerLength = (packet.u8(at) & 0xf) * 4;
  if (headerLength < leastHeader) {
    to.print(`bad-hlen ${headerLength}`);
    return;
  }
  const stated = packet.u16(at + 2);
  if (length < stated) to.print(`truncated-ip - ${stated - length} bytes missing! `);
  if (stated < headerLength) {
    to.print(`bad-len ${stated}`);
    return;
  }
  to.within(at + stated, () => printBody(to, at, headerLength, stated - headerLength));
}

function printBody(to: Printer, at: number, headerLength: number, length: number): void {
  const { packet } = to;
  const fragment = packet.u16(at + 6);
  const protocol = packet.u8(at + 9);
  const addresses = `${packet.ipv4(at + 12)} > ${packet.ipv4(at + 16)}:`;
  if ((fragment & 0x1f_ff) !== 0) {
    to.print(`${addresses} ip-proto-${protocol}`);
    return;
  }
  if (!withPorts.includes(protocol)) to.print(`${addresses} `);
  if (!packet.has(at, headerLength)) {
    to.print(` [remaining caplen(${packet.end - at}) < header length(${headerLength})]`);
    throw new Truncated('within the options');
  }
  const network = {
    version: 4,
    protocol,
    source: packet.ipv4(at + 12),
    destination: packet.ipv4(at + 16),
  } as const;
  const fragmented = (fragment & 0x20_00) !== 0;
  to.printers.carried(to, { network, protocol, at: at + headerLength, length, fragmented });
}

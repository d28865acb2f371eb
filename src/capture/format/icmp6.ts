import { ipProtocol } from '../numbers.js';
import { Truncated } from '../packet.js';
import { printHex } from './hex.js';
import type { Printer } from './printer.js';

/** What is printed of a message; `undefined` where that is all there is of the line. */
type Message = (to: Printer, at: number, code: number, length: number) => string | undefined;

/** Prints an ICMPv6 message (RFC 4443, 4861) that has `length` bytes. */
export function printIcmp6(to: Printer, at: number, length: number): void {
  to.protocol = 'icmp6';
  if (length === 0) {
    to.print('ICMP6, length 0');
    to.invalid();
    return;
  }
  const type = to.packet.u8(at);
  const message = messages[type];
  to.print(`ICMP6, ${message?.name ?? `unknown icmp6 type (${type})`}`);
  const code = to.packet.u8(at + 1);
  if (message === undefined) {
    to.print(`, length ${length}`);
    printUnknown(to, at, length);
    return;
  }
  const detail = message.detail(to, at, code, length);
  if (detail !== undefined) to.print(`${detail}, length ${length}`);
}

/** What there is of a message that nothing is known about. */
function printUnknown(to: Printer, at: number, length: number): void {
  printHex(to, at, Math.min(length, to.packet.end - at), false);
}

const nothing: Message = () => '';
const identified: Message = ({ packet }, at) =>
  `, id ${packet.u16(at + 4)}, seq ${packet.u16(at + 6)}`;

/** Group and delay of an MLD message (RFC 2710). */
const listener: Message = ({ packet }, at) =>
  packet.has(at, 24) ? `max resp delay: ${packet.u16(at + 4)} addr: ${packet.ipv6(at + 8)}` : '';

/** Errors quote the packet that they are about, behind a header of eight bytes. */
const quotedAt = 8;
const quotedSource = (to: Printer, at: number): string => to.packet.ipv6(at + quotedAt + 8);
const quotedDestination = (to: Printer, at: number): string => to.packet.ipv6(at + quotedAt + 24);

const messages: { readonly [type: number]: { readonly name: string; readonly detail: Message } } = {
  1: { name: 'destination unreachable', detail: unreachable },
  2: { name: 'packet too big', detail: ({ packet }, at) => `, mtu ${packet.u32(at + 4)}` },
  3: { name: 'time exceeded in-transit', detail: timeExceeded },
  4: { name: 'parameter problem', detail: parameterProblem },
  128: { name: 'echo request', detail: identified },
  129: { name: 'echo reply', detail: identified },
  130: { name: 'multicast listener query', detail: query },
  131: { name: 'multicast listener report', detail: listener },
  132: { name: 'multicast listener done', detail: listener },
  133: { name: 'router solicitation', detail: nothing },
  134: { name: 'router advertisement', detail: nothing },
  135: {
    name: 'neighbor solicitation',
    detail: ({ packet }, at) => `, who has ${packet.ipv6(at + 8)}`,
  },
  136: {
    name: 'neighbor advertisement',
    detail: ({ packet }, at) => `, tgt is ${packet.ipv6(at + 8)}`,
  },
  137: {
    name: 'redirect',
    detail: ({ packet }, at) => `, ${packet.ipv6(at + 24)} to ${packet.ipv6(at + 8)}`,
  },
  143: {
    name: 'multicast listener report v2',
    detail: ({ packet }, at, _code, length) =>
      length < 8 ? ` [invalid len ${length}]` : `, ${packet.u16(at + 6)} group record(s)`,
  },
};

const unreachableNames: { readonly [code: number]: string } = {
  0: 'unreachable route',
  1: ' unreachable prohibited',
  2: 'beyond scope',
  3: 'unreachable address',
  4: 'unreachable port',
};

function unreachable(to: Printer, at: number, code: number, length: number): string | undefined {
  const name = unreachableNames[code];
  to.print(`, ${name ?? `unknown unreach code (${code})`}`);
  if (name === undefined) {
    printUnknown(to, at, length);
    return undefined;
  }
  if (code === 4) return unreachablePort(to, at);
  const source = code === 2 ? `, source address ${quotedSource(to, at)}` : '';
  return ` ${quotedDestination(to, at)}${source}`;
}

/** Only ports right behind the quoted header are looked for. */
function unreachablePort(to: Printer, at: number): string {
  const quoted = at + quotedAt;
  const protocol = to.packet.u8(quoted + 6);
  const known = { [ipProtocol.tcp]: 'tcp', [ipProtocol.udp]: 'udp' }[protocol];
  if (known === undefined) throw new Truncated('no port in the quoted packet');
  return `, ${quotedDestination(to, at)} ${known} port ${to.packet.u16(quoted + 42)}`;
}

function timeExceeded(to: Printer, at: number, code: number): string {
  if (code === 0) return ` for ${quotedDestination(to, at)}`;
  return code === 1 ? ' (reassembly)' : `, unknown code (${code})`;
}

const parameterNames = ['erroneous', 'next header', 'option', 'incomplete header chain'] as const;

function parameterProblem(to: Printer, at: number, code: number): string {
  to.packet.need(at + quotedAt + 24, 16);
  const name = parameterNames[code];
  return name === undefined ? `, code-#${code}` : `, ${name} - octet ${to.packet.u32(at + 4)}`;
}

/** MLD's query, or that of its version 2 (RFC 3810). */
function query(to: Printer, at: number, code: number, length: number): string | undefined {
  if (length === 24) return listener(to, at, code, length);
  if (length < 28) return ` unknown-version (len ${length}) `;
  return query2(to, at, length);
}

function query2(to: Printer, at: number, length: number): string {
  const { packet } = to;
  to.print(' v2');
  packet.need(at + 4, 2);
  to.print(` [gaddr ${packet.ipv6(at + 8)}`);
  const sources = packet.u16(at + 26);
  if (sources === 0) return ']';
  return length < 28 + sources * 16 ? ' [invalid number of sources]]' : `, ${sources} source(s)]`;
}

// Builds packets layer by layer: each function puts its header in front of the payload.
import { writeAddress } from '../../../../src/address/index.js';

const nothing = new Uint8Array();

export function bytes(...parts: readonly (number | readonly number[] | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'number' ? [part] : Array.from(part))),
  );
}

export function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

export function hex(frame: Uint8Array): string {
  return Buffer.from(frame).toString('hex');
}

export function u16(value: number): number[] {
  return [(value >>> 8) & 0xff, value & 0xff];
}

export function u32(value: number): number[] {
  return [...u16(value >>> 16), ...u16(value & 0xff_ff)];
}

function address(value: string): Uint8Array {
  const view = new DataView(new ArrayBuffer(16));
  return new Uint8Array(view.buffer, 0, writeAddress(view, 0, value));
}

function mac(value: string): number[] {
  return value.split(':').map((pair) => Number.parseInt(pair, 16));
}

export const macs = { client: '02:00:00:00:00:01', director: '02:00:00:00:00:02' } as const;

export function ethernet(
  type: number,
  payload: Uint8Array,
  { source = macs.client as string, destination = macs.director as string } = {},
): Uint8Array {
  return bytes(mac(destination), mac(source), u16(type), payload);
}

export function tag(control: number, type: number, payload: Uint8Array): Uint8Array {
  return bytes(u16(control), u16(type), payload);
}

export function arp(
  operation: number,
  sender: readonly [mac: string, address: string],
  target: readonly [mac: string, address: string],
): Uint8Array {
  return bytes(
    [...u16(1), ...u16(0x08_00), 6, 4, ...u16(operation)],
    [...mac(sender[0]), ...address(sender[1])],
    [...mac(target[0]), ...address(target[1])],
  );
}

interface Ipv4Settings {
  readonly source?: string;
  readonly destination?: string;
  readonly fragment?: number;
  readonly options?: readonly number[];
  readonly length?: number;
}

export function ipv4(
  protocol: number,
  payload: Uint8Array,
  settings: Ipv4Settings = {},
): Uint8Array {
  const {
    source = '10.0.0.1',
    destination = '10.0.0.2',
    fragment = 0x40_00,
    options = [],
  } = settings;
  const headerLength = 20 + options.length;
  const { length = headerLength + payload.length } = settings;
  return bytes(
    [0x40 | (headerLength / 4), 0, ...u16(length), 0, 7, ...u16(fragment), 64, protocol, 0, 0],
    address(source),
    address(destination),
    options,
    payload,
  );
}

interface Ipv6Settings {
  readonly source?: string;
  readonly destination?: string;
  readonly length?: number;
  readonly flow?: number;
}

export function ipv6(next: number, payload: Uint8Array, settings: Ipv6Settings = {}): Uint8Array {
  const { source = '2001:db8::1', destination = '2001:db8::2', flow = 0 } = settings;
  const { length = payload.length } = settings;
  return bytes(
    [...u32(0x60_00_00_00 + flow), ...u16(length), next, 64],
    address(source),
    address(destination),
    payload,
  );
}

/** An IPv6 extension header of eight bytes. */
export function extension(next: number, payload: Uint8Array): Uint8Array {
  return bytes([next, 0, 1, 4, 0, 0, 0, 0], payload);
}

export function fragment(
  next: number,
  offset: number,
  more: boolean,
  payload: Uint8Array,
): Uint8Array {
  return bytes([next, 0, ...u16(offset | Number(more)), ...u32(0x12_34_56_78)], payload);
}

export function udp(
  source: number,
  destination: number,
  payload: Uint8Array = nothing,
): Uint8Array {
  return bytes([...u16(source), ...u16(destination), ...u16(8 + payload.length), 0, 0], payload);
}

interface TcpSettings {
  readonly sequence?: number;
  readonly acknowledgement?: number;
  readonly flags?: number;
  readonly window?: number;
  readonly urgent?: number;
  readonly options?: readonly number[];
}

export const flags = {
  fin: 1,
  syn: 2,
  rst: 4,
  psh: 8,
  ack: 16,
  urg: 32,
  ece: 64,
  cwr: 128,
} as const;

export function tcp(
  source: number,
  destination: number,
  settings: TcpSettings = {},
  payload: Uint8Array = nothing,
): Uint8Array {
  const { sequence = 1000, acknowledgement = 0, window = 512, urgent = 0, options = [] } = settings;
  const { flags: set = flags.ack } = settings;
  return bytes(
    [...u16(source), ...u16(destination), ...u32(sequence), ...u32(acknowledgement)],
    [((20 + options.length) / 4) << 4, set, ...u16(window), 0, 0, ...u16(urgent)],
    options,
    payload,
  );
}

export function icmp(
  type: number,
  code: number,
  rest: readonly number[],
  payload: Uint8Array = nothing,
): Uint8Array {
  return bytes([type, code, 0, 0], rest, payload);
}

/** A frame of IPv4. */
export const ip4 = (packet: Uint8Array): Uint8Array => ethernet(0x08_00, packet);

/** A frame of IPv6. */
export const ip6 = (packet: Uint8Array): Uint8Array => ethernet(0x86_dd, packet);

import type { Results, TextField } from '../native/index.js';
import { formatAddressPattern } from './address-pattern.js';
import type { PortRange } from './pattern.js';
import { formatMark, formatPorts } from './pattern.js';
import type { Match, Rule, Target, TcpMatch } from './rule.js';
import type {
  AddressFields,
  MatchFields,
  PortFields,
  RuleFields,
  RuleTables,
} from './rule-tables.js';

/** Where a rule was found, beside what it says. */
export interface RuleRow {
  readonly rule: Rule;
  readonly chain: string;
  /** In its chain, from 0. */
  readonly position: number;
  readonly handle: bigint | undefined;
  readonly own: boolean;
  readonly complete: boolean;
  readonly packets: bigint;
  readonly bytes: bigint;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Puts rules together from the records of an answer: a rule's own, then its matches', each followed
 * by the bytes that belong to it.
 */
export class RuleReader {
  readonly #tables: RuleTables;
  #rule: Mutable<Rule> & { matches: Match[] } = { matches: [] };

  constructor(tables: RuleTables) {
    this.#tables = tables;
  }

  /** Takes one block of the answer; a rule is returned as soon as it begins. */
  read(rows: Results, at: number, table: number, size: number): RuleRow | undefined {
    const { rule, match } = this.#tables;
    if (table === rule.table.index) return this.#begin(rule, rows, at);
    if (table === match.table.index) this.#rule.matches.push(readMatch(match, rows, at));
    else this.#addBytes(Buffer.from(rows.buffer.subarray(at, at + size)));
    return undefined;
  }

  #begin(fields: RuleFields, rows: Results, at: number): RuleRow {
    this.#rule = { ...readHeader(fields, rows, at), matches: [] };
    this.#rule.target = readTarget(fields, rows, at);
    return {
      rule: this.#rule,
      chain: fields.chain.read(rows, at),
      position: fields.position.read(rows, at),
      handle: fields.handle.present(rows, at) ? fields.handle.readBigInt(rows, at) : undefined,
      own: fields.own.read(rows, at) === 1,
      complete: fields.complete.read(rows, at) === 1,
      packets: fields.packets.readBigInt(rows, at),
      bytes: fields.bytes.readBigInt(rows, at),
    };
  }

  #addBytes(bytes: Buffer): void {
    const last = this.#rule.matches.pop();
    if (last !== undefined) {
      this.#rule.matches.push(withBytes(last, bytes));
    } else if (this.#rule.target?.kind === 'other') {
      this.#rule.target = { ...this.#rule.target, data: new Uint8Array(bytes) };
    }
  }
}

function withBytes(match: Match, bytes: Buffer): Match {
  if (match.kind === 'comment') return { ...match, comment: bytes.toString('utf8') };
  if (match.kind === 'other') return { ...match, data: new Uint8Array(bytes) };
  if (match.kind !== 'multiport') return match;
  const ranges: PortRange[] = [];
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    ranges.push([bytes.readUInt16LE(at), bytes.readUInt16LE(at + 2)]);
  }
  return { ...match, ports: formatPorts({ not: match.ports === '!', ranges }) };
}

function readHeader(fields: RuleFields, rows: Results, at: number): Mutable<Rule> {
  const header: Mutable<Rule> = {};
  const source = readAddressPattern(fields.source, rows, at);
  const destination = readAddressPattern(fields.destination, rows, at);
  if (source !== undefined) header.source = source;
  if (destination !== undefined) header.destination = destination;
  if (fields.protocol.present(rows, at)) {
    const name = fields.protocol.readName(rows, at) ?? String(fields.protocol.read(rows, at));
    header.protocol = inverted(fields.protocolInverted, rows, at) + name;
  }
  const { inInterface, outInterface } = fields;
  if (inInterface.present(rows, at)) {
    header.inInterface = readWord(inInterface, fields.inInverted, rows, at);
  }
  if (outInterface.present(rows, at)) {
    header.outInterface = readWord(outInterface, fields.outInverted, rows, at);
  }
  if (fields.fragment.present(rows, at)) header.fragment = fields.fragment.read(rows, at) === 1;
  return header;
}

function inverted(field: RuleFields['inInverted'], rows: Results, at: number): '!' | '' {
  return field.read(rows, at) === 1 ? '!' : '';
}

function readWord(
  field: TextField,
  not: RuleFields['inInverted'],
  rows: Results,
  at: number,
): string {
  return inverted(not, rows, at) + field.read(rows, at);
}

function readAddressPattern(fields: AddressFields, rows: Results, at: number): string | undefined {
  if (!fields.address.present(rows, at)) return undefined;
  return formatAddressPattern({
    not: fields.inverted.read(rows, at) === 1,
    family: fields.address.length(rows, at) === 4 ? 'ipv4' : 'ipv6',
    address: fields.address.read(rows, at),
    mask: fields.mask.read(rows, at),
  });
}

function readTarget(fields: RuleFields, rows: Results, at: number): Target {
  const kind = fields.target.readName(rows, at) ?? 'none';
  const name = fields.targetName.read(rows, at);
  switch (kind) {
    case 'jump':
    case 'goto':
      return { kind, chain: name };
    case 'other':
      return {
        kind,
        name,
        revision: fields.targetRevision.read(rows, at),
        data: new Uint8Array(),
      };
    case 'redirect': {
      const range: PortRange = [fields.toPort.read(rows, at), fields.toPortEnd.read(rows, at)];
      return {
        kind,
        ...(fields.toPort.present(rows, at) && {
          toPorts: formatPorts({ not: false, ranges: [range] }),
        }),
        ...(fields.random.read(rows, at) === 1 && { random: true }),
      };
    }
    default:
      return { kind };
  }
}

function readMatch(fields: MatchFields, rows: Results, at: number): Match {
  const kind = fields.kind.readName(rows, at) ?? 'other';
  const not = fields.inverted.read(rows, at) === 1;
  switch (kind) {
    case 'tcp':
      return { kind, ...readBothPorts(fields, rows, at), ...readTcpFlags(fields, rows, at) };
    case 'udp':
      return { kind, ...readBothPorts(fields, rows, at) };
    case 'multiport':
      // The ports follow as bytes, which need to know.
      return { kind, side: fields.side.readName(rows, at) ?? 'either', ports: not ? '!' : '' };
    case 'comment':
      return { kind, comment: '' };
    case 'mark': {
      const value = fields.mark.read(rows, at);
      return { kind, mark: formatMark({ not, value, mask: fields.mask.read(rows, at) }) };
    }
    default: {
      const revision = fields.revision.read(rows, at);
      return { kind, name: fields.name.read(rows, at), revision, data: new Uint8Array() };
    }
  }
}

function readTcpFlags(
  fields: MatchFields,
  rows: Results,
  at: number,
): Pick<TcpMatch, 'flags' | 'option'> {
  const mask = fields.flagMask.read(rows, at);
  const flagsNot = fields.flagsInverted.read(rows, at) === 1;
  const option = fields.option.read(rows, at);
  const optionNot = fields.optionInverted.read(rows, at) === 1;
  return {
    ...((mask !== 0 || flagsNot) && {
      flags: { mask, set: fields.flagValue.read(rows, at), ...(flagsNot && { not: true }) },
    }),
    ...((option !== 0 || optionNot) && {
      option: { number: option, ...(optionNot && { not: true }) },
    }),
  };
}

function readBothPorts(
  fields: MatchFields,
  rows: Results,
  at: number,
): { sourcePort?: number | string; destinationPort?: number | string } {
  const source = readPort(fields.source, rows, at);
  const destination = readPort(fields.destination, rows, at);
  return {
    ...(source !== undefined && { sourcePort: source }),
    ...(destination !== undefined && { destinationPort: destination }),
  };
}

function readPort(fields: PortFields, rows: Results, at: number): number | string | undefined {
  const range: PortRange = [fields.first.read(rows, at), fields.last.read(rows, at)];
  const not = fields.inverted.read(rows, at) === 1;
  if (!not && range[0] === 0 && range[1] === 65_535) return undefined;
  return formatPorts({ not, ranges: [range] });
}

import type { Arena, TextField } from '../native/index.js';
import { parseAddressPattern } from './address-pattern.js';
import {
  parseInterface,
  parseMark,
  parseOnePort,
  parsePorts,
  parseToPorts,
  splitNot,
} from './pattern.js';
import type { Match, MultiportMatch, Target } from './rule.js';
import type {
  AddressFields,
  MatchFields,
  PortFields,
  ProtocolName,
  RuleFields,
  RuleTables,
} from './rule-tables.js';
import type { NewRule } from './types.js';

/** Writes a rule that was checked: its record, one for each match, and the bytes that go with them. */
export function writeRule(tables: RuleTables, arena: Arena, rule: NewRule): void {
  const { rule: fields } = tables;
  const at = arena.record(fields.table, isUsual(rule) ? fields.usualSize : fields.table.size);
  writeAddressPattern(fields.source, arena, at, rule.source);
  writeAddressPattern(fields.destination, arena, at, rule.destination);
  writeInterface(fields.inInterface, fields.inInverted, arena, at, rule.inInterface);
  writeInterface(fields.outInterface, fields.outInverted, arena, at, rule.outInterface);
  if (rule.protocol !== undefined) writeProtocol(fields, arena, at, rule.protocol);
  if (rule.fragment !== undefined) fields.fragment.write(arena, at, rule.fragment ? 1 : 0);
  if (rule.packets !== undefined) fields.packets.write(arena, at, BigInt(rule.packets));
  if (rule.bytes !== undefined) fields.bytes.write(arena, at, BigInt(rule.bytes));
  writeTarget(fields, arena, at, rule.target ?? { kind: 'none' });
  for (const match of rule.matches ?? []) writeMatch(tables.match, arena, match);
}

/** Whether the record's first fields can tell the rule. */
function isUsual(rule: NewRule): boolean {
  const { inInterface, outInterface, fragment, packets, bytes, target } = rule;
  const more = inInterface ?? outInterface ?? fragment ?? packets ?? bytes;
  return more === undefined && target?.kind === 'redirect';
}

function writeAddressPattern(
  fields: AddressFields,
  arena: Arena,
  at: number,
  value: string | undefined,
): void {
  if (value === undefined) return;
  const { not, address, mask } = parseAddressPattern('address', value);
  fields.address.write(arena, at, address);
  fields.mask.write(arena, at, mask);
  if (not) fields.inverted.write(arena, at, 1);
}

function writeInterface(
  field: TextField,
  inverted: RuleFields['inInverted'],
  arena: Arena,
  at: number,
  value: string | undefined,
): void {
  if (value === undefined) return;
  const { not, text } = parseInterface('interface', value);
  field.write(arena, at, text);
  inverted.write(arena, at, not ? 1 : 0);
}

function writeProtocol(fields: RuleFields, arena: Arena, at: number, value: string): void {
  const { not, text } = splitNot(value);
  writeProtocolNumber(fields.protocol, arena, at, text);
  fields.protocolInverted.write(arena, at, not ? 1 : 0);
}

/** Writes a protocol that was checked, `'tcp'` or `'6'`. */
export function writeProtocolNumber(
  field: RuleFields['protocol'],
  arena: Arena,
  at: number,
  text: string,
): void {
  if (/^\d+$/.test(text)) field.write(arena, at, Number(text));
  else field.writeName(arena, at, text as ProtocolName);
}

function writeTarget(fields: RuleFields, arena: Arena, at: number, target: Target): void {
  fields.target.writeName(arena, at, target.kind);
  if (target.kind === 'jump' || target.kind === 'goto') {
    fields.targetName.write(arena, at, target.chain);
  } else if (target.kind === 'redirect') {
    if (target.toPorts !== undefined) {
      const [first, last] = parseToPorts('toPorts', target.toPorts);
      fields.toPort.write(arena, at, first);
      fields.toPortEnd.write(arena, at, last);
    }
    if (target.random === true) fields.random.write(arena, at, 1);
  } else if (target.kind === 'other') {
    fields.targetName.write(arena, at, target.name);
    fields.targetRevision.write(arena, at, target.revision);
    arena.blob(target.data);
  }
}

function writeMatch(fields: MatchFields, arena: Arena, match: Match): void {
  const at = arena.record(fields.table);
  fields.kind.writeName(arena, at, match.kind);
  switch (match.kind) {
    case 'tcp':
      fields.flagMask.write(arena, at, match.flags?.mask ?? 0);
      fields.flagValue.write(arena, at, match.flags?.set ?? 0);
      fields.flagsInverted.write(arena, at, match.flags?.not === true ? 1 : 0);
      fields.option.write(arena, at, match.option?.number ?? 0);
      fields.optionInverted.write(arena, at, match.option?.not === true ? 1 : 0);
      writeBothPorts(fields, arena, at, match);
      break;
    case 'udp':
      writeBothPorts(fields, arena, at, match);
      break;
    case 'multiport':
      writeMultiport(fields, arena, at, match);
      break;
    case 'comment':
      arena.blob(Buffer.from(match.comment));
      break;
    case 'mark':
      writeMark(fields, arena, at, match.mark);
      break;
    case 'other':
      fields.name.write(arena, at, match.name);
      fields.revision.write(arena, at, match.revision);
      arena.blob(match.data);
  }
}

function writeBothPorts(
  fields: MatchFields,
  arena: Arena,
  at: number,
  match: { readonly sourcePort?: unknown; readonly destinationPort?: unknown },
): void {
  writePort(fields.source, arena, at, match.sourcePort ?? '0-65535');
  writePort(fields.destination, arena, at, match.destinationPort ?? '0-65535');
}

function writePort(fields: PortFields, arena: Arena, at: number, value: unknown): void {
  const { not, ranges } = parseOnePort('port', value);
  const [first, last] = ranges[0] ?? [0, 65_535];
  fields.first.write(arena, at, first);
  fields.last.write(arena, at, last);
  fields.inverted.write(arena, at, not ? 1 : 0);
}

function writeMultiport(
  fields: MatchFields,
  arena: Arena,
  at: number,
  match: MultiportMatch,
): void {
  const { not, ranges } = parsePorts('ports', match.ports);
  fields.side.writeName(arena, at, match.side);
  fields.inverted.write(arena, at, not ? 1 : 0);
  const pairs = Buffer.alloc(ranges.length * 4);
  for (const [index, [first, last]] of ranges.entries()) {
    pairs.writeUInt16LE(first, index * 4);
    pairs.writeUInt16LE(last, index * 4 + 2);
  }
  arena.blob(pairs);
}

function writeMark(fields: MatchFields, arena: Arena, at: number, value: number | string): void {
  const { not, value: mark, mask } = parseMark('mark', value);
  fields.mark.write(arena, at, mark);
  fields.mask.write(arena, at, mask);
  fields.inverted.write(arena, at, not ? 1 : 0);
}

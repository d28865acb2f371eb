import { parseAddressPattern, prefixLengthOf } from './address-pattern.js';
import { formatMarkValue, formatRange, parseMark, parsePorts, splitNot } from './pattern.js';
import type { Match, Rule, Target } from './rule.js';

/** The rule as `iptables-save` would print it, without `-A` and the chain: `-d 10.0.0.1/32 -j REDIRECT`. */
export function formatRule(rule: Rule): string {
  const parts = [
    ...addressParts('-s', rule.source),
    ...addressParts('-d', rule.destination),
    ...wordParts('-i', rule.inInterface),
    ...wordParts('-o', rule.outInterface),
    ...wordParts('-p', rule.protocol),
    ...(rule.fragment === undefined ? [] : [rule.fragment ? '-f' : '! -f']),
    ...(rule.matches ?? []).flatMap(matchParts),
    ...targetParts(rule.target ?? { kind: 'none' }),
  ];
  return parts.join(' ');
}

function addressParts(option: string, value: string | undefined): string[] {
  if (value === undefined) return [];
  const { not, address, mask } = parseAddressPattern(option, value);
  return [...invert(not), option, `${address}/${prefixLengthOf(mask) ?? mask}`];
}

function wordParts(option: string, value: string | undefined): string[] {
  if (value === undefined) return [];
  const { not, text } = splitNot(value);
  return [...invert(not), option, text];
}

function invert(not: boolean): string[] {
  return not ? ['!'] : [];
}

function matchParts(match: Match): string[] {
  switch (match.kind) {
    case 'tcp':
      return ['-m tcp', ...bothPorts(match), ...tcpFlags(match)];
    case 'udp':
      return ['-m udp', ...bothPorts(match)];
    case 'multiport': {
      const { not, ranges } = parsePorts('ports', match.ports);
      const option = { source: '--sports', destination: '--dports', either: '--ports' }[match.side];
      const list = ranges.map((range) => formatRange(range, ':')).join(',');
      return ['-m multiport', ...invert(not), option, list];
    }
    case 'comment':
      return ['-m comment --comment', quote(match.comment)];
    case 'mark': {
      const { not, value, mask } = parseMark('mark', match.mark);
      return ['-m mark', ...invert(not), '--mark', formatMarkValue(value, mask)];
    }
    case 'other':
      return [`-m ${match.name} [${match.data.length} bytes]`];
  }
}

function tcpFlags(match: Extract<Match, { kind: 'tcp' }>): string[] {
  const { flags, option } = match;
  return [
    ...(flags === undefined
      ? []
      : [
          ...invert(flags.not === true),
          '--tcp-flags',
          flagNames(flags.mask),
          flagNames(flags.set),
        ]),
    ...(option === undefined
      ? []
      : [...invert(option.not === true), '--tcp-option', String(option.number)]),
  ];
}

/** In the order of their bits. */
const tcpFlagNames = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG'];

function flagNames(bits: number): string {
  const names = tcpFlagNames.filter((_, bit) => ((bits >> bit) & 1) === 1);
  return names.length === 0 ? 'NONE' : names.join(',');
}

function bothPorts(match: {
  readonly sourcePort?: number | string | undefined;
  readonly destinationPort?: number | string | undefined;
}): string[] {
  return [
    ...portParts('--sport', match.sourcePort),
    ...portParts('--dport', match.destinationPort),
  ];
}

function portParts(option: string, value: number | string | undefined): string[] {
  if (value === undefined) return [];
  const { not, ranges } = parsePorts(option, value);
  return [...invert(not), option, ...ranges.map((range) => formatRange(range, ':'))];
}

/** `iptables-save` puts everything in quotes but plain words. */
function quote(text: string): string {
  return /^[\w-]+$/.test(text) ? text : `"${text.replaceAll(/["'\\]/g, '\\$&')}"`;
}

function targetParts(target: Target): string[] {
  switch (target.kind) {
    case 'none':
      return [];
    case 'jump':
      return ['-j', target.chain];
    case 'goto':
      return ['-g', target.chain];
    case 'redirect':
      return [
        '-j REDIRECT',
        ...(target.toPorts === undefined ? [] : ['--to-ports', String(target.toPorts)]),
        ...(target.random === true ? ['--random'] : []),
      ];
    case 'other':
      return [`-j ${target.name} [${target.data.length} bytes]`];
    default:
      return ['-j', target.kind.toUpperCase()];
  }
}

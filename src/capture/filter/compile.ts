import { invalidType, invalidValue } from '../../errors/index.js';
import type { Label } from './assembler.js';
import { Assembler } from './assembler.js';
import { readFilter } from './check.js';
import { findNetwork, findTransport } from './headers.js';
import type { Instruction } from './instructions.js';
import { encode, mostInstructions } from './instructions.js';
import { parseProgram, printProgram } from './program-text.js';
import type { Test } from './tests.js';
import type { Filter } from './types.js';

/** Settings of {@link compileFilter}. */
export interface CompileOptions {
  /** Bytes that the program tells the kernel to keep of a frame it lets through. */
  readonly snapLength: number;
}

/** Room that a capture's `direction` needs in front of the program. */
const prefixLength = 3;

/** Instructions for a filter, as the kernel takes them. Throws when the filter makes no sense. */
export function compileFilter(filter: Filter | string, options: CompileOptions): Uint8Array {
  if (typeof filter === 'string') return encode(parseProgram('filter', filter));
  if (typeof filter !== 'object' || filter === null) {
    throw invalidType('filter', 'an object with conditions, or the text of a program', filter);
  }
  return encode(compile(filter, options.snapLength));
}

/**
 * The classic BPF program of a filter, in the form that `tcpdump -ddd` prints: for other programs
 * that attach filters, and to see what the kernel is given.
 *
 * @param filter - The conditions; see {@link Filter}.
 * @param snapLength - Bytes to keep of a frame that is let through. Default: 262144.
 * @throws TypeError or RangeError, which names the condition that makes no sense and says why.
 */
export function filterProgram(filter: Filter, snapLength = 262_144): string {
  return printProgram(compile(filter, snapLength));
}

function compile(filter: Filter, snapLength: number): Instruction[] {
  const test = readFilter('filter', filter);
  const code = new Assembler();
  const [yes, no] = [code.label(), code.label()];
  findNetwork(code);
  if (looksAtTransport(test)) findTransport(code);
  generate(code, test, yes, no);
  code.place(yes);
  code.emit('ret', snapLength);
  code.place(no);
  code.emit('ret', 0);
  const program = code.assemble();
  if (program.length > mostInstructions - prefixLength) {
    const expected = `small enough for ${mostInstructions - prefixLength} BPF instructions`;
    throw invalidValue('filter', expected, `${program.length} instructions`);
  }
  return program;
}

function looksAtTransport(test: Test): boolean {
  if (test.kind === 'one') return test.depth === 'transport';
  return test.kind === 'not' ? looksAtTransport(test.test) : test.tests.some(looksAtTransport);
}

/** Each test jumps on as soon as the outcome is known. */
function generate(code: Assembler, test: Test, yes: Label, no: Label): void {
  if (test.kind === 'one') {
    test.emit(code, yes, no);
  } else if (test.kind === 'not') {
    generate(code, test.test, no, yes);
  } else {
    const last = test.tests.length - 1;
    for (const [index, part] of test.tests.entries()) {
      const next = code.label();
      const otherwise = index === last ? undefined : next;
      if (test.kind === 'all') generate(code, part, otherwise ?? yes, no);
      else generate(code, part, yes, otherwise ?? no);
      code.place(next);
    }
  }
}

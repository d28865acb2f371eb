import { invalidValue } from '../../errors/index.js';
import type { Instruction } from './instructions.js';
import { mostInstructions } from './instructions.js';

/**
 * Reads the program that `tcpdump -ddd` prints: the number of instructions, then one a line as four
 * decimal numbers. What the instructions mean is left for the kernel to check.
 */
export function parseProgram(name: string, text: string): Instruction[] {
  const [count = '', ...lines] = text.trim().split('\n');
  if (!/^\d+$/.test(count.trim())) {
    throw invalidValue(name, 'conditions, or the text that `tcpdump -ddd` prints', text);
  }
  if (Number(count) !== lines.length || lines.length === 0 || lines.length > mostInstructions) {
    const expected = `as many lines as its first one says, 1 to ${mostInstructions}`;
    throw invalidValue(name, expected, `${count} and then ${lines.length} lines`);
  }
  return lines.map((line, index) => parseLine(`${name}, line ${index + 2},`, line));
}

function parseLine(name: string, line: string): Instruction {
  const numbers = line.trim().split(/\s+/);
  const [code, ifTrue, ifFalse, operand] = numbers.map(Number);
  const fits = (value: number | undefined, most: number): value is number =>
    value !== undefined && Number.isInteger(value) && value >= 0 && value <= most;
  if (
    numbers.length !== 4 ||
    !numbers.every((number) => /^\d+$/.test(number)) ||
    !fits(code, 0xff_ff) ||
    !fits(ifTrue, 0xff) ||
    !fits(ifFalse, 0xff) ||
    !fits(operand, 0xff_ff_ff_ff)
  ) {
    throw invalidValue(name, 'four numbers: code, two jumps and operand', line);
  }
  return { code, ifTrue, ifFalse, operand };
}

/** The program as `tcpdump -ddd` would print it. */
export function printProgram(program: readonly Instruction[]): string {
  const lines = program.map(
    ({ code, ifTrue, ifFalse, operand }) => `${code} ${ifTrue} ${ifFalse} ${operand}\n`,
  );
  return `${program.length}\n${lines.join('')}`;
}

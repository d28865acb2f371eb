import { parseArgs } from 'node:util';
import { EXIT, LabError } from './report.mjs';

/**
 * Splits a command line into the lab's own options and the command. The options end at `--` or at
 * the first word that is none, so that the command's options stay the command's.
 * @template {NonNullable<import('node:util').ParseArgsConfig['options']>} Options
 * @param {Options} options
 * @param {string} usage
 */
export function parseCommandLine(options, usage) {
  const words = process.argv.slice(2);
  let end = 0;
  for (let word = words[0]; word?.startsWith('-') && word !== '--'; word = words[end]) {
    const takesNext = options[word.slice(2)]?.type === 'string';
    end += takesNext ? 2 : 1;
  }
  const command = words.slice(words[end] === '--' ? end + 1 : end);
  try {
    const { values } = parseArgs({ args: words.slice(0, end), options, strict: true });
    return { values, command };
  } catch (error) {
    throw usageError(error instanceof Error ? error.message : String(error), usage);
  }
}

/**
 * @param {string} problem
 * @param {string} usage
 */
export function usageError(problem, usage) {
  return new LabError(`${problem}\n${usage}`, EXIT.usage);
}

/** @param {string} list names with commas between them */
export function splitNames(list) {
  return list.split(',').filter((name) => name !== '');
}

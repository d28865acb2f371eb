import { parseArgs } from 'node:util';

/**
 * Splits a command line into the lab's own options and the command. The options end at `--` or at
 * the first word that is none, so that the command's options stay the command's.
 * @template {import('node:util').ParseArgsConfig['options']} Options
 * @param {string[]} words
 * @param {Options} options
 */
export function parseCommandLine(words, options) {
  let end = 0;
  while (end < words.length && words[end].startsWith('-') && words[end] !== '--') {
    const takesNext = options[words[end].slice(2)]?.type === 'string';
    end += takesNext ? 2 : 1;
  }
  const command = words.slice(words[end] === '--' ? end + 1 : end);
  try {
    return { ...parseArgs({ args: words.slice(0, end), options, strict: true }), command };
  } catch (error) {
    return { problem: error.message };
  }
}

/** @param {string} list names with commas between them */
export function splitNames(list) {
  return list.split(',').filter((name) => name !== '');
}

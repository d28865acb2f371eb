import { invalidValue } from '../errors/index.js';
import type { OptionName } from './options.js';
import { isOptionName, options, shortNames } from './options.js';

/** An option of a command line, as it was written. */
export interface Given {
  readonly name: OptionName;
  /** `'-t'` or `'--tcp-service'`. */
  readonly written: string;
  readonly value: string | undefined;
}

/** A command line in its parts. */
export interface Scanned {
  readonly given: readonly Given[];
  /** Words that belong to no option, which only `--set` has. */
  readonly rest: readonly string[];
}

/** The words of a line: without a leading `ipvsadm`, and without a comment at its end. */
export function splitLine(line: string): string[] {
  const words = line.split(/[ \t\r\n]+/).filter((word) => word !== '');
  const comment = words.findIndex((word) => word.startsWith('#'));
  return withoutProgram(comment < 0 ? words : words.slice(0, comment));
}

/** `ipvsadm -C`, `/sbin/ipvsadm -C` and `-C` are the same. */
export function withoutProgram(words: readonly string[]): string[] {
  return words.slice(/^(.*\/)?ipvsadm$/.test(words[0] ?? '') ? 1 : 0);
}

/** Finds the options as popt(3) does, which ipvsadm uses. */
export function scanWords(words: readonly string[]): Scanned {
  const queue = [...words];
  const given: Given[] = [];
  const rest: string[] = [];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === '--') {
      rest.push(...queue.splice(0));
    } else if (word.startsWith('--')) {
      given.push(longOption(word, queue));
    } else if (word.startsWith('-') && word.length > 1) {
      given.push(...shortOptions(word, queue));
    } else {
      rest.push(word);
    }
  }
  return { given, rest };
}

function longOption(word: string, queue: string[]): Given {
  const [, name = '', value] = /^--([^=]*)(?:=(.*))?$/.exec(word) ?? [];
  if (!isOptionName(name)) throw unknownOption(word);
  const written = `--${name}`;
  return { name, written, value: valueAfter(name, written, value, queue) };
}

/** `-Cn` is `-C -n`, and `-t10.0.0.1:80`, `-t=10.0.0.1:80` and `-t 10.0.0.1:80` are the same. */
function shortOptions(word: string, queue: string[]): Given[] {
  const given: Given[] = [];
  for (let at = 1; at < word.length; at++) {
    const written = `-${word[at]}`;
    const name = shortNames.get(word[at] ?? '');
    if (name === undefined) throw unknownOption(written);
    const attached = word.slice(at + 1);
    if (options[name][1] === 'none' && !attached.startsWith('=')) {
      given.push({ name, written, value: undefined });
      continue;
    }
    const value = attached === '' ? undefined : attached.replace(/^=/, '');
    given.push({ name, written, value: valueAfter(name, written, value, queue) });
    break;
  }
  return given;
}

function valueAfter(
  name: OptionName,
  written: string,
  attached: string | undefined,
  queue: string[],
): string | undefined {
  const kind = options[name][1];
  if (kind === 'none') {
    if (attached !== undefined) throw invalidValue(written, 'without a value', attached);
    return undefined;
  }
  if (attached !== undefined) return attached;
  if (kind === 'optional' && (queue[0] ?? '-').startsWith('-')) return undefined;
  const next = queue.shift();
  if (next === undefined) throw invalidValue(written, 'followed by a value', next);
  return next;
}

function unknownOption(written: string): TypeError {
  return invalidValue(written, 'an option of ipvsadm', written);
}

import { AsyncLocalStorage } from 'node:async_hooks';
import { invalidType, invalidValue } from '../errors/index.js';
import { checkText } from './check.js';

/** Where `ip netns` keeps the namespaces that have names. */
const folder = '/run/netns';

/** Longest file name, and longest path without its final NUL, in bytes. */
const longestName = 255;
const longestPath = 4095;

const ambient = new AsyncLocalStorage<string>();

/** Throws on what cannot be the name of a namespace, that is, of a file in its folder. */
export function checkNetnsName(name: string, value: unknown): string {
  const text = checkText(name, value, longestName);
  if (text === '.' || text === '..' || text.includes('/')) {
    throw invalidValue(name, "a file name: without '/', and neither '.' nor '..'", value);
  }
  return text;
}

/** The file that holds the namespace of that name. */
export function netnsFile(name: string): string {
  return `${folder}/${name}`;
}

/** The name of the namespace whose file that is; the path where it has none, `''` for none at all. */
export function netnsName(file: string): string {
  const name = file.slice(folder.length + 1);
  return file === `${folder}/${name}` ? name : file;
}

/**
 * The path of the namespace file that an option `netns` means, `''` for the caller's own namespace:
 * a text with a `/` is a path, any other a name; no text means that of {@link withNetns}.
 */
export function resolveNetns(netns: unknown): string {
  if (netns === undefined) return ambient.getStore() ?? '';
  if (typeof netns === 'string' && netns.includes('/'))
    return checkText('netns', netns, longestPath);
  return netnsFile(checkNetnsName('netns', netns));
}

/**
 * Runs `callback` and returns what it returns. Handles and sockets that it opens, also after an
 * `await` or in a timer that it starts, work in the given namespace unless they name one themselves
 * with `netns`. Calls may be nested: the innermost counts.
 *
 * Nothing is entered: the program itself stays in its own namespace, and so do sockets that it
 * makes by other means.
 *
 * @param netns - A name under `/run/netns` or the path of a namespace file. Whether it is there is
 *   found out by whatever is opened in it.
 * @throws TypeError `ERR_INVALID_ARG_TYPE` or `ERR_INVALID_ARG_VALUE`: no name, path or function.
 */
export function withNetns<T>(netns: string, callback: () => T): T {
  if (typeof netns !== 'string') throw invalidType('netns', 'a string', netns);
  if (typeof callback !== 'function') throw invalidType('callback', 'a function', callback);
  return ambient.run(resolveNetns(netns), callback);
}

/** Runs `callback` as if there were no {@link withNetns} around it. */
export function inOwnNetns<T>(callback: () => T): T {
  return inNetnsFile('', callback);
}

/** Runs `callback` where {@link resolveNetns} once said, whatever is around it now. */
export function inNetnsFile<T>(file: string, callback: () => T): T {
  return ambient.run(file, callback);
}

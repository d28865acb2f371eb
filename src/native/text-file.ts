/** The text of a file; `undefined` where it cannot be read. */
export function readTextFile(path: string): string | undefined {
  try {
    // To import it would cost every program milliseconds; only errors need it.
    return process.getBuiltinModule('node:fs').readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

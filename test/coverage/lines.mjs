// @ts-check
// How often each line ran, as v8 and gcov report it, in one form.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { root } from '../prepare.mjs';

/** Sets the counters back when they are written, its own too. */
const writesCounters = 'native/runtime/coverage.cc';

/**
 * How often each line of each file ran, by the file's path from the project's root.
 * @typedef {Map<string, Map<number, number>>} Lines
 */

/**
 * The lines of a report in lcov's format, which vitest writes.
 * @param {string} file
 * @param {Lines} lines to add to
 */
export function addLcov(file, lines) {
  let source = '';
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [, key, value = ''] = /^(SF|DA):(.*)$/.exec(line) ?? [];
    if (key === 'SF') source = value;
    if (key === 'DA') {
      const [number = 0, count = 0] = value.split(',').map(Number);
      addLine(lines, source, number, count);
    }
  }
}

/**
 * The lines of the project's own C++ that the objects in a folder were made from, built with `--coverage`.
 * @param {string} folder
 * @param {Lines} lines to add to
 */
export function addGcov(folder, lines) {
  const notes = filesIn(folder, '.gcno');
  if (notes.length === 0) return;
  const { status, stdout, stderr } = spawnSync('gcov', ['--json-format', '--stdout', ...notes], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new Error(`gcov: ${stderr}`);
  for (const unit of stdout.split('\n').filter(Boolean)) {
    /** @type {{ current_working_directory: string, files: { file: string, lines: { line_number: number, count: number }[] }[] }} */
    const { current_working_directory: compiled, files } = JSON.parse(unit);
    for (const { file, lines: counted } of files) {
      const place = path.resolve(compiled, file);
      // The folder may hold an object whose source is gone.
      if (!existsSync(place)) continue;
      const source = path.relative(root, realpathSync(place));
      if (!source.startsWith('native/') || source === writesCounters) continue;
      for (const { line_number, count } of counted) addLine(lines, source, line_number, count);
    }
  }
}

/**
 * @param {string} folder
 * @param {string} suffix
 */
export function filesIn(folder, suffix) {
  return readdirSync(folder, { encoding: 'utf8', recursive: true })
    .filter((name) => name.endsWith(suffix))
    .map((name) => path.join(folder, name));
}

/**
 * A line counts once, however often it was compiled: inline functions and templates are.
 * @param {Lines} lines
 * @param {string} source
 * @param {number} number
 * @param {number} count
 */
function addLine(lines, source, number, count) {
  const file = lines.get(source) ?? new Map();
  lines.set(source, file.set(number, (file.get(number) ?? 0) + count));
}

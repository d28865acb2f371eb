// @ts-check
// What is printed of the lines that ran, and of those that did not.

/** @typedef {import('./lines.mjs').Lines} Lines */

/** @param {Lines} lines */
export function printTable(lines) {
  /** @type {Map<string, { covered: number, total: number }>} */
  const rows = new Map();
  for (const [file, counts] of [...lines].sort(([a], [b]) => a.localeCompare(b))) {
    const covered = [...counts.values()].filter((count) => count > 0).length;
    for (const name of [folderOf(file), languageOf(file), 'together']) {
      const row = rows.get(name) ?? { covered: 0, total: 0 };
      rows.set(name, { covered: row.covered + covered, total: row.total + counts.size });
    }
  }
  const totals = ['TypeScript', 'C++', 'together'];
  const folders = [...rows.keys()].filter((name) => !totals.includes(name));
  console.log('\n| folder | lines covered | of | % |');
  console.log('| --- | ---: | ---: | ---: |');
  for (const name of [...folders, ...totals]) {
    const { covered, total } = rows.get(name) ?? { covered: 0, total: 0 };
    const percent = ((100 * covered) / total).toFixed(1);
    console.log(`| ${name} | ${covered} | ${total} | ${percent} |`);
  }
}

/**
 * The lines that did not run: `file:line`, which editors open.
 * @param {Lines} lines
 */
export function unreached(lines) {
  return [...lines]
    .sort(([a], [b]) => a.localeCompare(b))
    .flatMap(([file, counts]) =>
      [...counts]
        .filter(([, count]) => count === 0)
        .sort(([a], [b]) => a - b)
        .map(([line]) => `${file}:${line}`),
    );
}

/** @param {string} file */
function folderOf(file) {
  return file.split('/').slice(0, -1).slice(0, 2).join('/');
}

/** @param {string} file */
function languageOf(file) {
  return file.startsWith('src/') ? 'TypeScript' : 'C++';
}

// @ts-check
// Measurements as tables of Markdown: ratios first, this run's times beside them.
import { exponent } from './measure.mjs';

/**
 * @typedef {import('./row.mjs').Row} Row
 *
 * @typedef {object} Result
 * @property {string} kernel
 * @property {string} release
 * @property {string} node
 * @property {number} processors
 * @property {boolean} quick
 * @property {number} load of the machine when it began: programs that wanted its processors
 * @property {number} roundTrip seconds that fs.fstat() takes: Node asks a thread and hears from it
 * @property {number} wakeUp seconds
 * @property {number} call seconds that a system call takes at least
 * @property {number} fault seconds that the first touch of a page takes
 * @property {Row[]} rows
 */

/** @param {readonly (readonly string[])[]} lines the first of them the heading */
function table(lines) {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  const text = lines.map(
    (line) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  );
  text.splice(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
  return text.join('\n');
}

/** @param {number} seconds */
function duration(seconds) {
  if (seconds < 1e-3) return `${(seconds * 1e6).toPrecision(3)} µs`;
  if (seconds < 1) return `${(seconds * 1e3).toPrecision(3)} ms`;
  return `${seconds.toPrecision(3)} s`;
}

/** @param {number} ratio */
function times(ratio) {
  return `${ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(2)} ×`;
}

/** @param {number} bytes */
const mebibytes = (bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

/**
 * What a row has to be measured against: each goal, and whether it was reached.
 * @param {Row} row
 * @param {number} roundTrip
 */
function goals({ most, library, floor, tool, operations, growth, stall }, roundTrip) {
  if (library === undefined) return [];
  const list = [];
  if (most.floor !== undefined && floor !== undefined) {
    const allowed = floor.wall * most.floor + (most.wakeUps ?? 0) * roundTrip * operations;
    const text = `${times(most.floor)} C${most.wakeUps ? ' + a wake-up' : ''}`;
    list.push({ text: `≤ ${text}`, reached: library.wall <= allowed });
  }
  if (most.tool !== undefined && tool !== undefined) {
    list.push({ text: `≥ ${most.tool} × tool`, reached: tool.wall >= library.wall * most.tool });
  }
  if (most.seconds !== undefined) {
    const reached = library.wall / operations <= most.seconds;
    list.push({ text: `≤ ${duration(most.seconds)}`, reached });
  }
  if (growth !== undefined) list.push({ text: '< 64 MiB', reached: growth < 2 ** 26 });
  if (stall !== undefined) list.push({ text: 'stall ≤ 10 ms', reached: stall <= 0.01 });
  return list;
}

/** The shortest run of each: what least of all else came in between. @param {Row} row */
function bestRatio({ library, floor }) {
  if (library?.best === undefined || floor?.best === undefined) return '';
  return times(library.best / floor.best);
}

/** @param {Row} row */
function toolRatios({ library, tool, toolName, batch, batchName }) {
  const wall = library?.wall ?? Number.NaN;
  return [
    ...(tool === undefined ? [] : [`${times(tool.wall / wall)} (${toolName})`]),
    ...(batch === undefined ? [] : [`${times(batch.wall / wall)} (${batchName})`]),
  ];
}

/** @param {Result} result */
function ratioTable({ rows, roundTrip }) {
  const heading = ['work', 'library / C', 'best / best', 'tool / library', 'goal', 'reached'];
  const lines = rows.map((row) => {
    const { title, library, floor, floorName } = row;
    const wall = library?.wall ?? Number.NaN;
    const all = goals(row, roundTrip);
    return [
      title,
      floor === undefined ? '' : `${times(wall / floor.wall)} (${floorName})`,
      bestRatio(row),
      toolRatios(row).join(', '),
      all.map((goal) => goal.text).join(', '),
      all.map((goal) => (goal.reached ? 'yes' : '**no**')).join(', '),
    ];
  });
  return table([heading, ...lines]);
}

/** @param {Result} result */
function timeTable({ rows }) {
  const heading = ['work', 'library', 'first time', 'large young generation', 'C', 'tool', 'batch'];
  const lines = rows.map(({ title, operations, library, roomy, floor, tool, batch }) => {
    /** @param {number | undefined} seconds */
    const each = (seconds) => (seconds ? duration(seconds / operations) : '');
    return [
      title,
      each(library?.wall),
      each(library?.first),
      each(roomy?.wall),
      each(floor?.wall),
      each(tool?.wall),
      each(batch?.wall),
    ];
  });
  return table([heading, ...lines]);
}

/** @param {Result} result */
function effortTable({ rows }) {
  const heading = ['work', 'CPU library', 'CPU C', 'pages library', 'pages C', 'allocated'];
  const lines = rows.flatMap(({ title, operations, library, roomy, floor }) => {
    if (library?.faults === undefined) return [];
    /** @param {number | undefined} count */
    const each = (count) => (count === undefined ? '' : (count / operations).toFixed(3));
    const allocated = roomy?.allocated;
    return [
      [
        title,
        duration(library.cpu / operations),
        floor === undefined ? '' : duration(floor.cpu / operations),
        each(library.faults),
        each(floor?.faults),
        allocated === undefined ? '' : `${Math.round(allocated / operations)} B`,
      ],
    ];
  });
  return table([heading, ...lines]);
}

/** @param {Result} result */
function exponentTable({ rows }) {
  const heading = ['work', 'sizes', 'library', 'C'];
  const lines = [];
  for (const group of new Set(rows.map((row) => row.group))) {
    const members = rows.filter((row) => row.group === group);
    if (members.length < 2) continue;
    /** @param {'library' | 'floor'} who */
    const of = (who) =>
      exponent(members.map((row) => ({ size: row.size, seconds: row[who]?.wall ?? Number.NaN })));
    const sizes = members.map((row) => row.size).sort((a, b) => a - b);
    lines.push([group, sizes.join(', '), of('library').toFixed(2), of('floor').toFixed(2)]);
  }
  return table([heading, ...lines]);
}

/** @param {Result} result */
function memoryTable({ rows }) {
  const lines = rows.flatMap(({ title, growth, stall, nodeStall }) =>
    growth === undefined || stall === undefined
      ? []
      : [
          [
            title,
            mebibytes(growth),
            duration(stall),
            nodeStall === undefined ? '' : duration(nodeStall),
          ],
        ],
  );
  return table([
    ['work', 'resident growth', 'longest stall', "the same of Node's own fs"],
    ...lines,
  ]);
}

/** @param {Result} result */
function notes({ rows }) {
  const lines = rows.flatMap(({ title, note }) => (note ? [`- ${title}: ${note}\n`] : []));
  return lines.length === 0 ? '' : `\n${lines.join('')}`;
}

/** @param {Result} result */
function profiles({ rows }) {
  return rows.flatMap(({ title, profile }) => {
    if (profile === undefined) return [];
    const lines = profile.map(({ name, share }) => [name, `${(share * 100).toFixed(1)} %`]);
    return [
      `Where the time of the JavaScript thread goes, ${title}:\n\n${table([['what', 'share'], ...lines])}\n`,
    ];
  });
}

/** Nothing where the table has but a heading. @param {string} title @param {string} text */
function titled(title, text) {
  return text.split('\n').length > 2 ? `${title}\n\n${text}\n\n` : '';
}

/** @param {Result} result */
export function section(result) {
  const { kernel, release, node, processors, roundTrip, wakeUp, call, fault, quick, load } = result;
  const cores = processors === 1 ? 'one processor' : `${processors} processors`;
  return `## ${kernel}

Linux ${release}, ${cores}, Node ${node}${quick ? ', a quick run' : ''}. Here \`fs.fstat()\`, Node's own way to a thread and
back, takes ${duration(roundTrip)}; one thread wakes another in ${duration(wakeUp)}; a system call takes ${duration(call)}, and the first touch of
a page of memory ${duration(fault)}. The machine had a load of ${load.toFixed(0)} on its processors when this began.

${ratioTable(result)}
${notes(result)}
${titled('How cost grows with size: the exponent between the smallest and the largest size (1 is proportional).', exponentTable(result))}${titled('Memory and event loop, in a run of its own, since watching them takes time:', memoryTable(result))}In this run, per object, row or call:

${timeTable(result)}

Processor time, pages of memory touched for the first time, and bytes allocated on JavaScript's heap, per object, row or call:

${effortTable(result)}
${profiles(result)
  .map((profile) => `\n${profile}`)
  .join('')}`;
}

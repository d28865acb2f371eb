#!/usr/bin/env node
// @ts-check
// `npm run test:site`: builds the documentation's site and opens every page of it in Chromium. A page fails with an
// error or warning on its console, something that can't be loaded, a link that leads nowhere, an image that shows
// nothing, or more width than the window's; guides and one page of each kind also with a text that can't be read, in light
// or in dark, and on a phone.
// `--pictures FOLDER` keeps what the guides look like. The last line counts.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { execute, machine, prepare, root } from '../prepare.mjs';
import { Browser } from './browser.mjs';
import { faintTexts, look } from './page.mjs';
import { serve } from './server.mjs';

/** What WCAG 2 asks of large text, and the palette of the generator's theme for code keeps to. */
const leastContrast = 3;
const desk = { width: 1280, height: 900 };
const phone = { width: 390, height: 844 };

const { values } = parseArgs({ options: { pictures: { type: 'string' } } });
const site = path.join(root, 'docs', 'site');

/** Guides and the like, not the reference. @param {string} name */
const isWritten = (name) => name === 'index.html' || name.startsWith('documents/');

/** Every page, by its path on the site. */
function pages() {
  return readdirSync(site, { encoding: 'utf8', recursive: true })
    .filter((file) => file.endsWith('.html'))
    .sort();
}

/**
 * @typedef {Awaited<ReturnType<Browser['open']>>} Tab
 * @typedef {import('./page.mjs').Look} Look
 */

/** @param {Tab} tab @param {string} [folder] @param {string} [name] */
async function keepPicture(tab, folder, name = '') {
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  const file = `${name.replaceAll(/[^\w.-]/g, '_')}.png`;
  writeFileSync(path.join(folder, file), await tab.picture());
}

/** Kinds of pages of which one has been seen. @type {Set<string>} */
const kinds = new Set();

/** Pages of the reference are made by rule: one of each folder stands for all. @param {string} name */
function isFirstOfKind(name) {
  const kind = path.dirname(name);
  return !kinds.has(kind) && kinds.add(kind).has(kind);
}

/**
 * Opens a page and sees whether everything on it is in order.
 * @param {Tab} tab
 * @param {string} origin
 * @param {string} name
 */
async function visit(tab, origin, name) {
  await tab.resize(desk.width, desk.height);
  await tab.prefer('light');
  await tab.goto(new URL(name, `${origin}/`).href);
  /** @type {Look} */
  const seen = await tab.evaluate(`(${look})()`);
  const problems = seen.images.map((image) => `an image that shows nothing: ${image}`);
  if (seen.tooWide > 0) problems.push(`too wide by ${seen.tooWide} pixels`);
  if (isWritten(name) || isFirstOfKind(name)) problems.push(...(await examine(tab, name)));
  return { ...seen, problems: [...tab.problems, ...problems] };
}

/**
 * Looks at the page that is open in both colours and on a phone.
 * @param {Tab} tab
 * @param {string} name
 */
async function examine(tab, name) {
  const problems = [];
  const picture = isWritten(name) ? values.pictures : undefined;
  for (const scheme of /** @type {const} */ (['light', 'dark'])) {
    await tab.prefer(scheme);
    /** @type {string[]} */
    const faint = await tab.evaluate(`(${faintTexts})(${leastContrast})`);
    problems.push(...faint.map((text) => `hard to read in ${scheme}, contrast ${text}`));
    await keepPicture(tab, picture, `${name}-${scheme}`);
  }
  await tab.resize(phone.width, phone.height);
  /** @type {Look} */
  const { tooWide } = await tab.evaluate(`(${look})()`);
  if (tooWide > 0) problems.push(`too wide for a phone by ${tooWide} pixels`);
  await keepPicture(tab, picture, `${name}-phone`);
  return problems;
}

/**
 * Links inside the site that lead nowhere.
 * @param {readonly string[]} links
 * @param {string} origin
 * @param {ReadonlyMap<string, Look>} looks
 */
function broken(links, origin, looks) {
  return links.filter((link) => {
    const { origin: own, pathname, hash } = new URL(link);
    if (own !== origin) return false;
    const target = decodeURIComponent(pathname.slice(1)) || 'index.html';
    const page = looks.get(target);
    // What is no page was copied there with the guide that links to it.
    if (page === undefined) return !files.has(target);
    return hash !== '' && !page.ids.includes(decodeURIComponent(hash.slice(1)));
  });
}

const problem = prepare([machine(['browser'])]);
if (problem !== undefined) throw new Error(problem);
if (execute('npm', ['run', '--silent', 'docs']) !== 0) throw new Error('the site cannot be built');

const files = new Set(readdirSync(site, { encoding: 'utf8', recursive: true }));
const server = await serve(site);
const browser = new Browser();
/** @type {Map<string, Look & { problems: string[] }>} */
const looks = new Map();
try {
  const tab = await browser.open();
  for (const name of pages()) looks.set(name, await visit(tab, server.origin, name));
} finally {
  await browser.close();
  server.close();
}

let failed = 0;
for (const [name, { links, problems }] of looks) {
  const nowhere = broken(links, server.origin, looks).map((link) => `leads nowhere: ${link}`);
  const all = [...problems, ...nowhere];
  if (all.length === 0) continue;
  failed++;
  console.log([name, ...all.map((each) => `  ${each}`)].join('\n'));
}
console.log(`${looks.size - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 && looks.size > 0 ? 0 : 1;

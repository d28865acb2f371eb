import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Document } from './markdown.js';
import { parseDocument, readDocComments, readDocuments } from './markdown.js';
import type { Snippet } from './type-check.js';
import { methodPattern, typeCheck } from './type-check.js';

const root = path.resolve(import.meta.dirname, '../../..');
const documents = readDocuments();
const byFile = new Map(documents.map((document) => [document.file, document]));

function programs(document: Document): Snippet[] {
  const { file } = document;
  return document.blocks
    .filter(({ language }) => language === 'ts')
    .map(({ line, text }) => ({ file, line, text }));
}

/** `ipvs.addService` in running text means a method of that handle. */
function mentions(document: Document): Snippet[] {
  const { file } = document;
  return document.inlineCode
    .filter(({ text }) => methodPattern.test(text))
    .map(({ line, text }) => ({ file, line, text: `void ${text.replace(/\(.*$/, '')};` }));
}

function brokenLinks({ file, links }: Document): string[] {
  return links.flatMap(({ line, text }) => {
    const [target = '', fragment] = text.split('#');
    const found = target === '' ? file : path.join(path.dirname(file), target);
    if (!existsSync(path.join(root, found))) return `${file}:${line}: no such file: ${text}`;
    const anchors = byFile.get(found)?.anchors;
    return fragment === undefined || anchors === undefined || anchors.includes(fragment)
      ? []
      : `${file}:${line}: no such heading: ${text}`;
  });
}

const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** Commands of the project that are not there, and what is no shell at all. */
function shellMistakes({ file, line, text }: Snippet): string[] {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' });
  const syntax = status === 0 ? [] : [`${file}:${line}: ${stderr}`];
  const tasks = Array.from(text.matchAll(/npm run ([\w:]+)/g), (match) => match[1] ?? '');
  const programs = Array.from(
    text.matchAll(/node ((?:test|build)\/\S+)/g),
    (match) => match[1] ?? '',
  );
  const missing = [
    ...tasks.filter((task) => !(task in scripts)),
    ...programs.filter((program) => !existsSync(path.join(root, sourceOf(program)))),
  ];
  return [...syntax, ...missing.map((name) => `${file}:${line}: no such command: ${name}`)];
}

/** Examples are run as they were built. */
function sourceOf(program: string): string {
  return program.replace(/^build\/examples\/(.*)\.js$/, 'docs/examples/$1.ts');
}

describe('the documentation', () => {
  it('is there', () => {
    expect([...byFile.keys()]).toContain('README.md');
    expect(documents.flatMap(programs).length).toBeGreaterThan(20);
  });

  it('has code that compiles and names methods that exist', { timeout: 60_000 }, () => {
    const snippets = documents.flatMap((document) => [
      ...programs(document),
      ...mentions(document),
    ]);
    const comments = readDocComments().flatMap(programs);
    expect(comments).not.toEqual([]);
    expect(typeCheck([...snippets, ...comments])).toEqual([]);
  });

  it('has no code that is not looked at', () => {
    const known = ['ts', 'sh', 'ini', 'text', ''];
    const others = [...documents, ...readDocComments()].flatMap(({ file, blocks }) =>
      blocks
        .filter(({ language }) => !known.includes(language))
        .map(({ line, language }) => `${file}:${line}: ${language}`),
    );
    expect(others).toEqual([]);
  });

  it('has shell commands that a shell can read and that exist', () => {
    const commands = documents.flatMap(({ file, blocks }) =>
      blocks.filter(({ language }) => language === 'sh').map((block) => ({ file, ...block })),
    );
    expect(commands.length).toBeGreaterThan(5);
    expect(commands.flatMap(shellMistakes)).toEqual([]);
  });

  it('has no broken links', () => {
    expect(documents.flatMap(brokenLinks)).toEqual([]);
  });
});

describe('the guides', () => {
  const listed = Array.from(
    readFileSync(path.join(root, 'README.md'), 'utf8').matchAll(
      /^- \[(?<title>.+)\]\(docs\/guides\/(?<file>.+\.md)\)/gm,
    ),
    ({ groups = {} }) => ({ title: groups['title'] ?? '', file: groups['file'] ?? '' }),
  );
  const textOf = (file: string): string =>
    readFileSync(path.join(root, 'docs/guides', file), 'utf8').trimEnd();

  it('are all in the README, by their headings', () => {
    const files = readdirSync(path.join(root, 'docs/guides'));
    expect(listed.map(({ file }) => file).sort()).toEqual(files.sort());
    for (const { title, file } of listed) expect(textOf(file)).toMatch(`# ${title}\n`);
  });

  it.each(listed)('$file leads to the one before it and the one behind it', ({ file }) => {
    const place = listed.findIndex((guide) => guide.file === file);
    const link = (label: string, guide: { title: string; file: string } | undefined): string[] =>
      guide === undefined ? [] : [`${label}: [${guide.title}](${guide.file})`];
    const expected = [
      ...link('Previous', listed[place - 1]),
      ...link('Next', listed[place + 1]),
    ].join(' · ');
    expect(textOf(file).split('\n').at(-1)).toBe(expected);
  });
});

describe('the checks themselves', () => {
  const wrong = parseDocument(
    'docs/wrong.md',
    ['# Title', '[x](gone.md)', '[y](#nowhere)', '`ipvs.noSuch()`', '```ts', 'x', '```'].join('\n'),
  );

  it('find code that does not compile, with its place', { timeout: 60_000 }, () => {
    expect(typeCheck([...programs(wrong), ...mentions(wrong)])).toEqual([
      "docs/wrong.md:6: Cannot find name 'x'.",
      "docs/wrong.md:4: Property 'noSuch' does not exist on type 'Ipvs'.",
    ]);
  });

  it('find commands that are not there', () => {
    const sh = { file: 'x.md', line: 3 };
    expect(shellMistakes({ ...sh, text: 'npm run nothing && node test/no.mjs' })).toEqual([
      'x.md:3: no such command: nothing',
      'x.md:3: no such command: test/no.mjs',
    ]);
    expect(shellMistakes({ ...sh, text: 'if true' })).toEqual([expect.stringContaining('syntax')]);
  });

  it('find broken links', () => {
    const other = { ...wrong, file: 'README.md' };
    expect(brokenLinks(other)).toEqual([
      'README.md:2: no such file: gone.md',
      'README.md:3: no such heading: #nowhere',
    ]);
  });
});

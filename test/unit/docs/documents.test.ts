import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Document } from './markdown.js';
import { parseDocument, readDocuments } from './markdown.js';
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
    expect(typeCheck(snippets)).toEqual([]);
  });

  it('has no broken links', () => {
    expect(documents.flatMap(brokenLinks)).toEqual([]);
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

  it('find broken links', () => {
    const other = { ...wrong, file: 'README.md' };
    expect(brokenLinks(other)).toEqual([
      'README.md:2: no such file: gone.md',
      'README.md:3: no such heading: #nowhere',
    ]);
  });
});

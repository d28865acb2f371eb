import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../../..');

/** A Markdown file of the project, taken apart. */
export interface Document {
  /** From the project's root. */
  readonly file: string;
  readonly blocks: readonly CodeBlock[];
  /** The lines that are in no block. */
  readonly prose: readonly Located[];
  /** Targets of links and images that are no web addresses. */
  readonly links: readonly Located[];
  /** What is `set like this` in running text. */
  readonly inlineCode: readonly Located[];
  /** What a link's `#fragment` can name. */
  readonly anchors: readonly string[];
}

/** A piece of text and the line that it is on, counted from 1. */
interface Located {
  readonly line: number;
  readonly text: string;
}

/** A fenced block; its line is that of its first line of code. */
interface CodeBlock extends Located {
  readonly language: string;
}

const folders = ['.', 'docs', 'docs/guides', 'docs/examples', 'test/lab', '.github'];

/** Every Markdown file that readers are meant to see. */
export function readDocuments(): Document[] {
  return folders
    .filter((folder) => existsSync(path.join(root, folder)))
    .flatMap((folder) =>
      readdirSync(path.join(root, folder)).map((name) => path.join(folder, name)),
    )
    .filter((file) => file.endsWith('.md'))
    .map((file) => parseDocument(file, readFileSync(path.join(root, file), 'utf8')));
}

/** What the comments of a source file say in code: their `ts` blocks, with the lines where these begin. */
export function readDocComments(): Document[] {
  const folder = path.join(root, 'src');
  return readdirSync(folder, { encoding: 'utf8', recursive: true })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => {
      const lines = readFileSync(path.join(folder, name), 'utf8').split('\n');
      const comments = lines.map((line) => /^ *\* ?(.*)$/.exec(line)?.[1] ?? '');
      return parseDocument(path.join('src', name), comments.join('\n'));
    })
    .filter(({ blocks }) => blocks.length > 0);
}

/** Takes a Markdown text apart: as much of the language as the project's own files use. */
export function parseDocument(file: string, text: string): Document {
  const blocks: CodeBlock[] = [];
  const prose: Located[] = [];
  let open: { language: string; line: number; indent: string; lines: string[] } | undefined;
  for (const [index, content] of text.split('\n').entries()) {
    const fence = /^(\s*)```(\S*)/.exec(content);
    if (open !== undefined && fence !== null) {
      blocks.push({ language: open.language, line: open.line, text: open.lines.join('\n') });
      open = undefined;
    } else if (open !== undefined) {
      open.lines.push(content.replace(open.indent, ''));
    } else if (fence !== null) {
      const [, indent = '', language = ''] = fence;
      open = { language, line: index + 2, indent, lines: [] };
    } else {
      prose.push({ line: index + 1, text: content });
    }
  }
  if (open !== undefined) throw new Error(`${file}:${open.line}: a block without an end`);
  return {
    file,
    blocks,
    prose,
    links: prose.flatMap(linksOf),
    inlineCode: prose.flatMap(inlineCodeOf),
    anchors: prose.flatMap(({ text: line }) => anchorOf(line) ?? []),
  };
}

function linksOf({ line, text }: Located): Located[] {
  const plain = text.replaceAll(/`[^`]*`/g, '');
  return Array.from(plain.matchAll(/\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g))
    .map((match) => match[1] ?? match[2] ?? '')
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => ({ line, text: target }));
}

function inlineCodeOf({ line, text }: Located): Located[] {
  return Array.from(text.matchAll(/`([^`]+)`/g), (match) => ({ line, text: match[1] ?? '' }));
}

/** As GitHub and the site make them. */
function anchorOf(line: string): string | undefined {
  const heading = /^#{1,6} (.+)$/.exec(line)?.[1];
  return heading
    ?.toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}

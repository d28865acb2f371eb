import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const root = path.resolve(import.meta.dirname, '../../..');

/** A program of the documentation: where it stands, and its text. */
export interface Snippet {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** Handles that guides use without opening them again each time, by the module that has them. */
const handles = [
  { name: 'ipvs', type: 'Ipvs', from: 'lvs' },
  { name: 'reader', type: 'IpvsReader', from: 'lvs' },
  { name: 'route', type: 'Rtnl', from: 'lvs/route' },
  { name: 'nat', type: 'Nat', from: 'lvs/nat' },
  { name: 'xtables', type: 'Xtables', from: 'lvs/xtables' },
] as const;

/** `ipvs.addService`, with or without arguments: a method of a handle, as running text names it. */
export const methodPattern = new RegExp(
  `^(?:${handles.map(({ name }) => name).join('|')})(?:\\.\\w+)+(?:\\(.*\\))?$`,
);

/**
 * Checks each snippet as a module of a project that has the package installed, with the package's
 * strictest settings. Returns one line for each mistake, with the place in the document.
 */
export function typeCheck(snippets: readonly Snippet[]): string[] {
  const paths = packagePaths();
  const virtual = new Map<string, string>([[inDocs('ambient.ts'), ambient(paths)]]);
  const origin = new Map<string, Snippet>();
  for (const [index, snippet] of snippets.entries()) {
    const name = inDocs(`snippet-${index}.ts`);
    virtual.set(name, `${snippet.text}\nexport {};\n`);
    origin.set(name, snippet);
  }
  const options = compilerOptions(paths);
  const host = withVirtualFiles(ts.createCompilerHost(options), virtual);
  const program = ts.createProgram([...virtual.keys()], options, host);
  return [...virtual.keys()].flatMap((name) => {
    const source = program.getSourceFile(name);
    const mistakes = [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ];
    return mistakes.map((mistake) => describe(mistake, origin.get(name)));
  });
}

function describe(mistake: ts.Diagnostic, snippet: Snippet | undefined): string {
  const text = ts.flattenDiagnosticMessageText(mistake.messageText, '\n');
  if (snippet === undefined) return `ambient declarations: ${text}`;
  const place = mistake.file?.getLineAndCharacterOfPosition(mistake.start ?? 0).line ?? 0;
  return `${snippet.file}:${snippet.line + place}: ${text}`;
}

/** Snippets lie, for the compiler, in a folder of the package: modules, with Node's types. */
function inDocs(name: string): string {
  return path.join(root, 'docs', name);
}

/** What package.json exports, by the sources that it is built from. */
function packagePaths(): Record<string, string[]> {
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    readonly exports: { readonly [name in string]: string | { readonly default: string } };
  };
  return Object.fromEntries(
    Object.entries(manifest.exports).flatMap(([name, target]) => {
      if (typeof target === 'string') return [];
      const source = target.default.replace('./dist/', './src/').replace(/\.js$/, '.ts');
      const file = path.join(root, source);
      return ts.sys.fileExists(file) ? [[path.posix.join('lvs', name), [file]]] : [];
    }),
  );
}

function compilerOptions(paths: Record<string, string[]>): ts.CompilerOptions {
  const { config } = ts.readConfigFile(path.join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, root);
  // An example may well show a value and leave it to the reader what becomes of it.
  return { ...options, paths, noUnusedLocals: false, noUnusedParameters: false, noEmit: true };
}

function ambient(paths: Record<string, string[]>): string {
  const declarations = handles
    .filter(({ from }) => from in paths)
    .map(({ name, type, from }) => `const ${name}: import('${from}').${type};`);
  return `declare global {\n${declarations.join('\n')}\n}\nexport {};\n`;
}

/** The libraries' files, which every program reads again. */
const parsed = new Map<string, ts.SourceFile | undefined>();

function withVirtualFiles(
  host: ts.CompilerHost,
  virtual: ReadonlyMap<string, string>,
): ts.CompilerHost {
  return {
    ...host,
    fileExists: (name) => virtual.has(name) || host.fileExists(name),
    readFile: (name) => virtual.get(name) ?? host.readFile(name),
    getSourceFile: (name, version, ...rest) => {
      const text = virtual.get(name);
      if (text !== undefined) return ts.createSourceFile(name, text, version);
      if (!parsed.has(name)) parsed.set(name, host.getSourceFile(name, version, ...rest));
      return parsed.get(name);
    },
  };
}

import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { beforeAll, expect, inject, it } from 'vitest';
import { attempt } from './support/commands.js';
import { project } from './support/places.js';

const { folder, consumer } = inject('places');
const typed = path.join(folder, 'typed');

const strictest = {
  ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
  ...{ noPropertyAccessFromIndexSignature: true, noImplicitOverride: true },
  ...{ noUnusedLocals: true, noUnusedParameters: true, verbatimModuleSyntax: true },
  ...{ isolatedModules: true, erasableSyntaxOnly: true, noUncheckedSideEffectImports: true },
  ...{ skipLibCheck: false, noEmit: true, types: ['node'] },
};

beforeAll(() => {
  cpSync(consumer, typed, { recursive: true });
  mkdirSync(path.join(typed, 'node_modules/@types'));
  for (const name of ['@types/node', 'undici-types']) {
    const installed = path.join('node_modules', name);
    symlinkSync(path.join(project, installed), path.join(typed, installed));
  }
});

// Of everything else the program has what a project of TypeScript on Node.js has.
it.each([
  ['NodeNext', 'NodeNext', ['ES2022']],
  ['ESNext', 'Bundler', ['ESNext']],
])(
  'the types are right for a strict program, with module %s and resolution %s',
  (module, moduleResolution, lib) => {
    cpSync(path.join(import.meta.dirname, 'programs/strict.ts'), path.join(typed, 'strict.mts'));
    const compilerOptions = { ...strictest, module, moduleResolution, lib, target: 'ES2022' };
    const file = path.join(typed, 'tsconfig.json');
    writeFileSync(file, JSON.stringify({ compilerOptions, files: ['strict.mts'] }));
    const compiler = path.join(project, 'node_modules/typescript/bin/tsc');
    expect(attempt(process.execPath, [compiler, '-p', file])).toEqual({
      output: '',
      errors: '',
      status: 0,
    });
  },
);

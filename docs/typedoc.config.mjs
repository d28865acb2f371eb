// Every module that package.json exports is documented: nothing to add here when there is a new one.
import { existsSync, readFileSync } from 'node:fs';

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const modules = Object.values(manifest.exports).flatMap((target) => target.default ?? []);

/** @type {import('typedoc').TypeDocOptions} */
export default {
  name: 'lvs',
  entryPoints: modules.map((file) => file.replace('./dist/', '../src/').replace(/\.js$/, '.ts')),
  tsconfig: '../src/tsconfig.json',
  out: 'site',
  readme: '../README.md',
  projectDocuments: existsSync(new URL('guides', import.meta.url)) ? ['guides/*.md'] : [],
  includeVersion: true,
  excludeInternal: true,
  excludePrivate: true,
  disableSources: true,
  sort: ['kind', 'instance-first', 'alphabetical'],
  validation: {
    invalidLink: true,
    invalidPath: true,
    notDocumented: true,
    notExported: true,
    rewrittenLink: true,
    unusedMergeModuleWith: true,
  },
  requiredToBeDocumented: [
    'Module',
    'Enum',
    'EnumMember',
    'Variable',
    'Function',
    'Class',
    'Interface',
    'Property',
    'Method',
    'Accessor',
    'TypeAlias',
  ],
  treatWarningsAsErrors: true,
  treatValidationWarningsAsErrors: true,
};

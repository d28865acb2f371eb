// Every module that package.json exports and every guide of the README is documented: nothing to add here when there
// is a new one.
import { readFileSync } from 'node:fs';
import { Comment, Converter, ReflectionKind } from 'typedoc';

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const modules = Object.values(manifest.exports).flatMap((target) => target.default ?? []);

/** In the order of the README, which somebody new would read them in. */
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const guides = Array.from(
  readme.matchAll(/^- \[.*\]\(docs\/(guides\/.*\.md)\)/gm),
  ([, file]) => file,
);
const others = [
  'examples/README.md',
  'benchmarks.md',
  '../test/lab/README.md',
  '../CONTRIBUTING.md',
  '../SECURITY.md',
  '../CHANGELOG.md',
];

/**
 * Names as readers know them: a guide's is its heading, a module's what it is imported by.
 * @param {import('typedoc').Application} app
 */
function nameThings({ converter }) {
  converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, document) => {
    document.name = /^# (.+)$/m.exec(document.content[0]?.text ?? '')?.[1] ?? document.name;
  });
  converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
      if (module.name !== manifest.name) module.name = `${manifest.name}/${module.name}`;
    }
  });
}

/**
 * What tells the members of a union apart says so itself, by its type; the site says it once more.
 * @param {import('typedoc').Application} app
 */
function describeDiscriminants({ converter }) {
  converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const property of project.getReflectionsByKind(ReflectionKind.Property)) {
      if (property.hasComment() || !['kind', 'layer'].includes(property.name)) continue;
      property.comment = new Comment([{ kind: 'text', text: 'Tells it apart from the others.' }]);
    }
  });
}

/** @type {import('typedoc').TypeDocOptions} */
export default {
  name: 'lvs',
  entryPoints: modules.map((file) => file.replace('./dist/', '../src/').replace(/\.js$/, '.ts')),
  tsconfig: '../src/tsconfig.json',
  out: 'site',
  readme: '../README.md',
  projectDocuments: [...guides, ...others],
  plugin: [nameThings, describeDiscriminants],
  navigation: { includeFolders: false },
  highlightLanguages: ['ts', 'js', 'json', 'sh', 'ini'],
  customCss: 'site.css',
  favicon: 'images/favicon.svg',
  headings: { readme: false, document: false },
  includeVersion: true,
  excludeInternal: true,
  excludePrivate: true,
  disableSources: true,
  sort: ['kind', 'static-first', 'alphabetical'],
  sortEntryPoints: false,
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
  // Steps in the making of a type that does have a name.
  intentionallyNotExported: ['src/state/types.ts:Settings'],
  treatWarningsAsErrors: true,
  treatValidationWarningsAsErrors: true,
};

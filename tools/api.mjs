#!/usr/bin/env node
// @ts-check
// `npm run check:api`: whether the public declarations are those that docs/api shows. `npm run api` writes them
// there anew. What changes the reports changes what users can rely on, so they are read in every review.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {
  CompilerState,
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
} from '@microsoft/api-extractor';

const root = path.resolve(import.meta.dirname, '..');
const declarations = path.join(root, 'build', 'api', 'declarations');
const reports = path.join(root, 'docs', 'api');
const update = process.argv.includes('--update');

/** @type {{ name: string, exports: Record<string, string | { types: string }> }} */
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

/** Made for the purpose: `dist` may be older than the sources. */
function emitDeclarations() {
  rmSync(declarations, { recursive: true, force: true });
  const compiler = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = ['-p', 'src', '--emitDeclarationOnly', '--outDir', declarations];
  const { status } = spawnSync(process.execPath, [compiler, ...options], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error('the declarations could not be made');
}

/** @returns {{ name: string, file: string }[]} the entries by their reports' names */
function findEntries() {
  return Object.entries(manifest.exports).flatMap(([entry, target]) =>
    typeof target === 'string'
      ? []
      : {
          name: path.posix.join(manifest.name, entry).replaceAll('/', '-'),
          file: path.join(declarations, target.types.replace('./dist/', '')),
        },
  );
}

/** @param {{ name: string, file: string }} entry */
function prepareConfig({ name, file }) {
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: path.join(root, 'package.json'),
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: file,
      compiler: { tsconfigFilePath: path.join(root, 'src', 'tsconfig.json') },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder: reports,
        reportTempFolder: path.join(root, 'build', 'api'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Warning } },
        // TypeDoc checks the comments, and nothing is marked as public: what is exported is.
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        extractorMessageReporting: {
          default: { logLevel: ExtractorLogLevel.Warning },
          'ae-missing-release-tag': { logLevel: ExtractorLogLevel.None },
          'ae-undocumented': { logLevel: ExtractorLogLevel.None },
          'ae-unresolved-link': { logLevel: ExtractorLogLevel.None },
          // What an entry uses of another one, which exports it.
          'ae-forgotten-export': { logLevel: ExtractorLogLevel.None },
        },
      },
    },
  });
}

emitDeclarations();
mkdirSync(reports, { recursive: true });
const entries = findEntries();
const configs = entries.map(prepareConfig);
const [first] = configs;
if (first === undefined) throw new Error('package.json exports nothing');
const compilerState = CompilerState.create(first, {
  additionalEntryPoints: entries.map(({ file }) => file),
});
const changed = configs.filter((config) => {
  const result = Extractor.invoke(config, { compilerState, localBuild: update });
  return !result.succeeded || (!update && result.apiReportChanged);
});
const known = configs.map((config) => path.basename(config.reportFilePath));
const stale = readdirSync(reports).filter((file) => !known.includes(file));
if (update) for (const file of stale) rmSync(path.join(reports, file));
if (changed.length > 0 || (!update && stale.length > 0)) {
  const names = [...changed.map((config) => path.basename(config.reportFilePath)), ...stale];
  console.error(
    `docs/api does not show the public declarations as they are (${names.join(', ')}); if the change is meant, ` +
      'run `npm run api` and commit what it writes',
  );
  process.exitCode = 1;
}

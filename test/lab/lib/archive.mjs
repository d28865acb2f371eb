import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execute } from './assemble.mjs';
import { aptGet } from './packages.mjs';
import { LabError } from './report.mjs';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** The address of the Debian mirror that this machine's own apt sources name. */
export function mirror() {
  const format = '$(REPO_URI) $(COMPONENT)';
  const { stdout } = aptGet(['indextargets', '--format', format, 'Identifier: Packages']);
  const uri = /^(\S+\/debian)\/? main$/m.exec(stdout ?? '')?.[1];
  if (!uri) {
    throw new LabError('no Debian mirror (an address that ends in /debian) in the apt sources');
  }
  return uri;
}

/**
 * Downloads packages of any Debian suite, beside the installed release and without touching its
 * package lists, and unpacks them. Signatures are checked against Debian's keyring.
 * @param {{ suite: string, packages: string[], follow?: RegExp }} source
 * @param {{ target: string, scratch: string }} folders
 */
export function unpackFromSuite({ suite, packages, follow }, { target, scratch }) {
  const home = mkdtempSync(path.join(scratch, 'apt-'));
  const options = prepareApt(home, suite);
  const downloads = path.join(home, 'archives');
  runApt(['update', '-o', 'APT::Update::Error-Mode=any', ...options], suite);
  const wanted = follow
    ? dependencies(options, packages).filter((name) => follow.test(name))
    : packages;
  runApt(['download', ...options, ...wanted], suite, downloads);
  for (const name of readdirSync(downloads).filter((entry) => entry.endsWith('.deb'))) {
    execute('dpkg', ['-x', path.join(downloads, name), target]);
  }
  rmSync(home, { recursive: true });
}

/**
 * @param {string} home
 * @param {string} suite
 * @returns {string[]} options that make apt live in that folder and know only that suite
 */
function prepareApt(home, suite) {
  const folders = ['sources', 'lists/partial', 'archives/partial'];
  for (const folder of folders) mkdirSync(path.join(home, folder), { recursive: true });
  writeFileSync(
    path.join(home, 'sources/suite.sources'),
    `Types: deb\nURIs: ${mirror()}\nSuites: ${suite}\nComponents: main\nSigned-By: ${KEYRING}\n`,
  );
  const settings = {
    'Dir::Etc::sourcelist': '/dev/null',
    'Dir::Etc::sourceparts': path.join(home, 'sources'),
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'Dir::State::lists': path.join(home, 'lists'),
    'Dir::State::status': '/dev/null',
    'Dir::Cache::archives': path.join(home, 'archives'),
    'Dir::Cache::pkgcache': '',
    'Dir::Cache::srcpkgcache': '',
    'Acquire::Retries': '1',
    'Acquire::Languages': 'none',
  };
  return Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
}

/**
 * @param {string[]} options
 * @param {string[]} packages
 * @returns {string[]} the packages with all that they depend on
 */
function dependencies(options, packages) {
  const kinds = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'];
  const none = kinds.map((kind) => `--no-${kind}`);
  const output = execute('apt-cache', ['depends', '--recurse', ...none, ...options, ...packages]);
  return output
    .toString()
    .split('\n')
    .filter((line) => /^\w/.test(line));
}

/**
 * @param {string[]} args
 * @param {string} suite
 * @param {string} [cwd]
 */
function runApt(args, suite, cwd) {
  const result = aptGet(args, cwd === undefined ? {} : { cwd });
  if (result.status === 0) return;
  throw new LabError(
    `apt-get ${args[0]} failed for Debian ${suite}; can the mirror be reached, and has it this suite?\n` +
      result.stderr,
  );
}

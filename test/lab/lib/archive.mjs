import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aptGet } from './packages.mjs';
import { LabError } from './report.mjs';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** The address of the Debian mirror that this machine's own apt sources name. */
function mirror() {
  const format = '$(REPO_URI) $(COMPONENT)';
  const { stdout } = aptGet(['indextargets', '--format', format, 'Identifier: Packages']);
  const uris = (stdout ?? '')
    .split('\n')
    .filter((line) => line.endsWith(' main'))
    .map((line) => line.split(' ')[0]);
  const uri = uris.find((candidate) => /\/debian\/?$/.test(candidate));
  if (!uri) {
    throw new LabError('no Debian mirror (an address that ends in /debian) in the apt sources');
  }
  return uri;
}

/**
 * Downloads packages of any Debian suite, beside the installed release and without touching its
 * package lists, and unpacks them into `target`. Signatures are checked against Debian's keyring.
 * @param {{ suite: string, packages: string[], target: string, scratch: string }} request
 */
export function unpackFromSuite({ suite, packages, target, scratch }) {
  const home = mkdtempSync(join(scratch, 'apt-'));
  try {
    const folders = ['sources', 'lists/partial', 'archives/partial'];
    for (const folder of folders) mkdirSync(join(home, folder), { recursive: true });
    writeFileSync(
      join(home, 'sources/suite.sources'),
      `Types: deb\nURIs: ${mirror()}\nSuites: ${suite}\nComponents: main\nSigned-By: ${KEYRING}\n`,
    );
    const settings = {
      'Dir::Etc::sourcelist': '/dev/null',
      'Dir::Etc::sourceparts': join(home, 'sources'),
      'Dir::Etc::preferences': '/dev/null',
      'Dir::Etc::preferencesparts': '/dev/null',
      'Dir::State::lists': join(home, 'lists'),
      'Dir::Cache::archives': join(home, 'archives'),
      'Dir::Cache::pkgcache': '',
      'Dir::Cache::srcpkgcache': '',
      'Acquire::Retries': '1',
      'Acquire::Languages': 'none',
    };
    const options = Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
    const downloads = join(home, 'archives');
    run(['update', '-o', 'APT::Update::Error-Mode=any', ...options], home, suite);
    run(['download', ...options, ...packages], downloads, suite);
    for (const name of readdirSync(downloads).filter((entry) => entry.endsWith('.deb'))) {
      const unpacked = spawnSync('dpkg', ['-x', join(downloads, name), target], {
        encoding: 'utf8',
      });
      if (unpacked.status !== 0) throw new LabError(`cannot unpack ${name}: ${unpacked.stderr}`);
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/**
 * @param {string[]} args
 * @param {string} cwd
 * @param {string} suite
 */
function run(args, cwd, suite) {
  const result = aptGet(args, { cwd });
  if (result.status === 0) return;
  throw new LabError(
    `apt-get ${args[0]} failed for Debian ${suite}; can the mirror be reached, and has it this suite?\n` +
      result.stderr,
  );
}

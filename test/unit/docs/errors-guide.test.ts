import { readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { explainFailure } from '../../../src/ipvs/explain.js';
import { operationNames } from '../../../src/ipvs/tables.js';
import { Failure } from '../../../src/native/index.js';
import { readDocuments } from './markdown.js';

const guide = readDocuments().find(({ file }) => file === 'docs/guides/errors.md');
const rows = (guide?.prose ?? [])
  .map((line) => line.text)
  .filter((line) => line.startsWith('| `E'));

/** Errnos that a message explains by what this machine is like; the guide has them in general terms. */
const general = ['EPERM', 'ENOMEM', 'ENOBUFS'];

async function reasonOf(
  operation: (typeof operationNames)[number],
  errno: number,
): Promise<string> {
  const failure = new Failure(-errno, 0, {});
  const error = await explainFailure(operation, { operation: 'do' }, failure);
  return /^do: E\w+: (.+)$/.exec(error.message)?.[1] ?? '';
}

describe('the guide to errors', () => {
  it.each(operationNames)('has every errno of %s as the error itself explains it', async (name) => {
    for (const [code, errno] of Object.entries(constants.errno)) {
      if (general.includes(code)) continue;
      const reason = await reasonOf(name, errno);
      if (reason === '') continue;
      const [cause = '', cure = ''] = reason.split('; ');
      const found = rows.filter(
        (row) => row.includes(`\`${code}\``) && row.includes(cause) && row.includes(cure),
      );
      expect(found, `${code}: ${reason}`).not.toEqual([]);
    }
  });

  it('has every code that the sources know', () => {
    const sources = path.resolve(import.meta.dirname, '../../../src');
    const codes = readdirSync(sources, { encoding: 'utf8', recursive: true })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => readFileSync(path.join(sources, file), 'utf8').match(/ERR_LVS_[A-Z_]+/g));
    const text = (guide?.prose ?? []).map((line) => line.text).join('\n');
    const missing = [...new Set(codes)].filter((code) => code !== null && !text.includes(code));
    expect(missing).toEqual([]);
  });

  it('has a row for each errno that is explained in general terms', () => {
    for (const code of general) expect(rows.join('\n')).toContain(`\`${code}\``);
  });
});

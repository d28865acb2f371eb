// Prints where node-addon-api keeps its headers, for binding.gyp.
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';

try {
  const { include_dir: headers } = createRequire(import.meta.url)('node-addon-api');
  console.log(path.resolve(headers));
} catch {
  console.error(
    'lvs: building the addon takes the headers of node-addon-api, which are not installed; in your project run\n' +
      '  npm install --no-save node-addon-api@8\n',
  );
  process.exitCode = 1;
}

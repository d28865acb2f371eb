import { expect, test } from 'vitest';
import { capture } from '../../../src/capture/index.js';
import { run } from './support/wire.js';

test('a device whose frames are of a kind that is not known is an error that says so', async () => {
  run('ip', 'link', 'add', 'monitor', 'type', 'nlmon');
  const opening = capture({ device: 'monitor' }).ready();
  await expect(opening).rejects.toMatchObject({
    code: 'EPFNOSUPPORT',
    object: 'monitor',
    message: expect.stringContaining('neither with an Ethernet nor with an IP header'),
  });
  run('ip', 'link', 'delete', 'monitor');
});

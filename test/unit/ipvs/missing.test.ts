import { release } from 'node:os';
import { expect, it, vi } from 'vitest';
import { explainMissing } from '../../../src/ipvs/missing.js';
import { readTextFile } from '../../../src/native/text-file.js';

vi.mock('../../../src/native/text-file.js', () => ({ readTextFile: vi.fn() }));

it.each([
  ['there are no modules', undefined, /no module folder to load it from$/, /modprobe ip_vs$/],
  ['the module is there', 'kernel/net/ipvs/ip_vs.ko.xz: \n', /was not loaded$/, /^load it as root/],
  ['it was left out', 'kernel/fs/ext4.ko:\n', /was built without IPVS$/, /full kernel/],
])('why a kernel has no IPVS: %s', (_, index, cause, cure) => {
  vi.mocked(readTextFile).mockReturnValue(index);
  expect(explainMissing()).toEqual({
    cause: expect.stringMatching(cause),
    cure: expect.stringMatching(cure),
  });
  expect(readTextFile).toHaveBeenLastCalledWith(`/lib/modules/${release()}/modules.dep`);
});

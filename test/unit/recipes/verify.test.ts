import { expect, it } from 'vitest';
import { KernelError } from '../../../src/errors/index.js';
import { unlessAbsent } from '../../../src/recipes/verify.js';

it('an error that says that something is not there is no error, and another is', async () => {
  const refused = new KernelError({ operation: 'remove address', errno: -99, syscall: 'netlink' });
  expect(await unlessAbsent(Promise.reject(refused), 'ENODEV', 'EADDRNOTAVAIL')).toBeUndefined();
  await expect(unlessAbsent(Promise.reject(refused), 'ENODEV')).rejects.toBe(refused);
});

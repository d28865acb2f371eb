// What old kernels, and kernels without IPv6, refuse; the rest is in test/kernel/netns.
import { expect, it } from 'vitest';
import { Failure } from '../../../src/native/failure.js';
import { socketError } from '../../../src/netns/socket-error.js';
import { checkProbeSocket } from '../../../src/netns/socket-options.js';

it.each([
  [
    'device',
    -1,
    { device: 'eth0' },
    /EPERM: binding to a device takes CAP_NET_RAW before Linux 5\.7/,
  ],
  ['family', -97, { family: 'ipv6' }, /EAFNOSUPPORT: this kernel has no ipv6; load the module/],
  ['mark', -5, { mark: 7 }, /^open socket ipv4: EIO/],
] as const)('a %s that is refused with %i', (field, errno, options, message) => {
  const failure = new Failure(errno, 0, { field, plain: 'setsockopt' });
  const error = socketError('open socket', checkProbeSocket(options), failure);
  expect(error).toMatchObject({
    field,
    syscall: 'setsockopt',
    message: expect.stringMatching(message),
  });
});

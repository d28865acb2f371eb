import { describe, expect, it } from 'vitest';
import * as errors from '../../../src/errors/index.js';
import { composeMessage } from '../../../src/errors/message.js';

const {
  HandleError,
  invalidType,
  invalidValue,
  KernelError,
  LoadError,
  LvsError,
  outOfRange,
  undoFailed,
} = errors;

describe('KernelError', () => {
  const error = new KernelError({
    operation: 'add service',
    object: 'tcp://10.0.0.1:80',
    errno: -17,
    syscall: 'netlink',
    cause: 'the service exists already',
    cure: 'use ensureService',
  });

  it('names what Node has no name for', () => {
    const code = (errno: number) =>
      new KernelError({ operation: 'capture on', syscall: 'ioctl', errno }).code;
    expect([-74, -96, -97, -35].map(code)).toEqual([
      ...['EBADMSG', 'EPFNOSUPPORT', 'EAFNOSUPPORT', 'EDEADLK'],
    ]);
  });

  it("has the shape of Node's system errors", () => {
    expect(error).toMatchObject({
      name: 'KernelError',
      code: 'EEXIST',
      errno: -17,
      syscall: 'netlink',
      operation: 'add service',
      object: 'tcp://10.0.0.1:80',
    });
    expect(error.stack).toContain('errors.test.ts');
    expect(String(error)).toBe(
      'KernelError: add service tcp://10.0.0.1:80: EEXIST: the service exists already; use ensureService',
    );
  });

  it('has no keys for what is not known', () => {
    const bare = new KernelError({ operation: 'flush', errno: -1, syscall: 'netlink' });
    expect(Object.keys(bare).sort()).toEqual(['code', 'errno', 'operation', 'syscall']);
    expect(bare.message).toBe('flush: EPERM');
  });

  it('is an LvsError and an Error, not a HandleError', () => {
    expect(error).toBeInstanceOf(LvsError);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(HandleError);
    expect(new HandleError('ERR_LVS_CLOSED', 'x')).not.toBeInstanceOf(KernelError);
    expect({ message: 'EEXIST' }).not.toBeInstanceOf(KernelError);
    expect(null).not.toBeInstanceOf(LvsError);
    expect('EEXIST').not.toBeInstanceOf(LvsError);
  });

  it('is known to another copy of the package', () => {
    class Copy extends Error {}
    Object.defineProperty(Copy.prototype, Symbol.for('lvs.KernelError'), { value: true });
    expect(new Copy()).toBeInstanceOf(KernelError);
  });
});

it('LoadError keeps what each attempt ran into', () => {
  const attempts = [new Error('a'), new Error('b')];
  expect(new LoadError('no', attempts)).toMatchObject({
    name: 'LoadError',
    code: 'ERR_LVS_ADDON',
    errors: attempts,
  });
});

describe('the sentence of an error', () => {
  it.each([
    [{ operation: 'flush' }, 'flush'],
    [{ operation: 'flush', cure: 'wait' }, 'flush; wait'],
    [{ operation: 'add', object: 'x', kernelMessage: 'no' }, 'add x: the kernel says: no'],
    [
      {
        operation: 'add',
        object: 'x',
        code: 'EINVAL',
        cause: 'bad',
        kernelMessage: 'no',
        cure: 'y',
      },
      'add x: EINVAL: bad; the kernel says: no; y',
    ],
  ])('%#', (parts, sentence) => {
    expect(composeMessage(parts)).toBe(sentence);
  });
});

describe('an argument error', () => {
  it.each([
    [
      invalidType('a', 'a number', '1'),
      TypeError,
      'ERR_INVALID_ARG_TYPE',
      "a must be a number; got '1'",
    ],
    [invalidValue('a', "'x'", 'y'), TypeError, 'ERR_INVALID_ARG_VALUE', "a must be 'x'; got 'y'"],
    [outOfRange('a', '1 to 2', 3), RangeError, 'ERR_OUT_OF_RANGE', 'a must be 1 to 2; got 3'],
  ])('%#', (error, kind, code, message) => {
    expect(error).toBeInstanceOf(kind);
    expect(error).not.toBeInstanceOf(LvsError);
    expect(error).toMatchObject({ code, message });
  });

  it('shows no more than a line of what it got', () => {
    const { message } = invalidType('a', 'a number', { long: 'x'.repeat(1000) });
    expect(message.length).toBeLessThan(110);
    expect(message).toMatch(/…$/);
    expect(invalidType('a', 'a number', { deep: { deeper: 1 } }).message).toContain('[Object]');
  });
});

it('what could not be undone is told with what went wrong first', () => {
  const [first, second] = [new Error('EEXIST: it is there'), new Error('EPERM')];
  expect(undoFailed(first, second)).toMatchObject({
    name: 'LvsError',
    code: 'ERR_LVS_UNDO',
    message: expect.stringMatching(
      /^EEXIST: it is there; .* could not be undone: look at the state$/,
    ),
    cause: second,
  });
  expect(undoFailed('aborted', second).message).toMatch(/^aborted; /);
});

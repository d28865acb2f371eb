interface Reason {
  readonly cause: string;
  readonly cure: string;
}

const reasons: { readonly [code in string]?: Reason } = {
  EMFILE: {
    cause: 'this process has as many files open as it may; a handle takes two',
    cure: 'close handles that are not used, or raise the limit (ulimit -n, LimitNOFILE=)',
  },
  ENFILE: {
    cause: 'the machine has as many files open as it may',
    cure: 'raise the sysctl fs.file-max',
  },
  EAGAIN: {
    cause: 'there may be no more threads; a handle takes one',
    cure: 'close handles that are not used, or raise the limit (ulimit -u, TasksMax=)',
  },
  ENOMEM: { cause: 'the machine is out of memory', cure: 'try again later' },
  ENOBUFS: { cause: 'the kernel is out of buffers', cure: 'try again later' },
};

/** What a handle could not be opened for want of; `undefined` where it is something else. */
export function explainResources(code: string): Reason | undefined {
  return reasons[code];
}

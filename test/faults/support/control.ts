/** What can fail, in the order of `shim.c`, where each is explained. */
export const names = [
  'lose',
  'loseAt',
  'mute',
  'interrupt',
  'refuse',
  'largestSend',
  'stuck',
  'smallBuffer',
  'refuseThreads',
  'refuseBind',
  'refuseJoin',
  'done',
] as const;

export type Fault = Exclude<(typeof names)[number], 'done'>;

/** Bytes of the file through which a test tells the shim what is to fail. */
export const controlSize = names.length * 4;

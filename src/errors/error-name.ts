import { getSystemErrorName } from 'node:util';

/** Those of errno(3) that the kernel, or the addon, may answer with and Node has no names for. */
const unnamed: { readonly [errno: number]: string } = {
  35: 'EDEADLK',
  37: 'ENOLCK',
  74: 'EBADMSG',
  96: 'EPFNOSUPPORT',
  116: 'ESTALE',
  122: 'EDQUOT',
};

/** The name of a negative errno. */
export function errorName(errno: number): string {
  return unnamed[-errno] ?? getSystemErrorName(errno);
}

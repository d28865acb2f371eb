import { invalidValue } from '../errors/index.js';
import { checkText } from '../options/index.js';

/** Longest name of a device, in bytes: `IFNAMSIZ` without the final NUL. */
export const longestDevice = 15;

/** A name that the kernel takes for a device (`dev_valid_name` in net/core/dev.c). */
export function checkDevice(name: string, value: unknown): string {
  const device = checkText(name, value, longestDevice);
  if (device === '.' || device === '..' || /[/:\s]/.test(device)) {
    throw invalidValue(name, "a device name: without '/', ':' and white space", value);
  }
  return device;
}

import { invalidValue } from '../errors/index.js';
import { checkText } from '../options/index.js';

/** Longest name of a device, in bytes: `IFNAMSIZ` without the final NUL. */
export const longestDevice = 15;

/** A name that the kernel takes for a device (`dev_valid_name` in net/core/dev.c). */
export function checkDevice(name: string, value: unknown): string {
  if (typeof value === 'string' && isPlain(value)) return value;
  const device = checkText(name, value, longestDevice);
  if (device === '.' || device === '..' || /[/:\s]/.test(device)) {
    throw invalidValue(name, "a device name: without '/', ':' and white space", value);
  }
  return device;
}

/** Whether a name has nothing but letters and digits, as most have. */
function isPlain(name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    const digit = code >= 48 && code <= 57;
    const letter = (code | 32) >= 97 && (code | 32) <= 122;
    if (!digit && !letter) return false;
  }
  return name.length > 0 && name.length <= longestDevice;
}

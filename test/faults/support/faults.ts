import { openSync, readSync, writeSync } from 'node:fs';
import type { Fault } from './control.js';
import { names } from './control.js';

/** Makes the system calls of this process's handles fail. */
class Faults {
  /** How many there have been in this file. */
  survived = 0;
  // Opened once: a test may leave the process no descriptor.
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, 'r+');
  }

  /** Runs `action` while these faults are on. */
  async during<T>(
    faults: { readonly [fault in Fault]?: number },
    action: () => Promise<T>,
  ): Promise<T> {
    for (const [fault, value] of Object.entries(faults)) this.set(fault as Fault, value);
    try {
      return await action();
    } finally {
      for (const fault of Object.keys(faults)) this.set(fault as Fault, 0);
    }
  }

  set(fault: Fault, value: number): void {
    writeSync(this.#file, new Uint32Array([value]), 0, 4, names.indexOf(fault) * 4);
  }

  /** How many there were since this was last asked. */
  take(): number {
    const value = new Uint32Array(1);
    readSync(this.#file, value, 0, 4, names.indexOf('done') * 4);
    writeSync(this.#file, new Uint32Array(1), 0, 4, names.indexOf('done') * 4);
    this.survived += value[0] ?? 0;
    return value[0] ?? 0;
  }
}

export const faults: Faults = new Faults(process.env['LVS_FAULTS'] ?? '');

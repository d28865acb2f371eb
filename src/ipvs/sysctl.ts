import { release } from 'node:os';
import { invalidType, outOfRange } from '../errors/index.js';
import type { CallOptions } from '../options/index.js';
import { checkBoolean, checkChoice, checkInteger, checkText } from '../options/index.js';
import type { IpvsCore } from './core.js';
import type { IpvsSysctlName, IpvsSysctls, Knob } from './sysctl-knobs.js';
import { knobs } from './sysctl-knobs.js';

const names = Object.keys(knobs) as IpvsSysctlName[];
const longestText = 255;

/**
 * The knobs of `net.ipv4.vs` in the handle's network namespace, by the kernel's own names, each
 * typed and checked against its range. See the kernel's `Documentation/networking/ipvs-sysctl.rst`.
 */
export class IpvsSysctl {
  readonly #core: IpvsCore;

  /** @internal */
  constructor(core: IpvsCore) {
    this.#core = core;
  }

  /**
   * Reads a knob.
   *
   * @throws KernelError `ENOENT`: this kernel does not have it; the message says since when it is.
   */
  async get<N extends IpvsSysctlName>(name: N, options?: CallOptions): Promise<IpvsSysctls[N]> {
    checkChoice('name', name, names);
    const reply = await this.#core.query(
      'readSysctl',
      {
        operation: 'read sysctl',
        object: `net.ipv4.vs.${name}`,
        explain: { ENOENT: absence(name) },
        write: (arena) => arena.text(name),
        read: (rows, at, _, size) => rows.buffer.toString('latin1', at, at + size),
      },
      options,
    );
    return parse(knobs[name], reply.rows.join('')) as IpvsSysctls[N];
  }

  /**
   * Writes a knob.
   *
   * @throws KernelError `ENOENT`: this kernel does not have it. `EACCES` or `EPERM`: it may not be
   *   written from here.
   */
  async set<N extends IpvsSysctlName>(
    name: N,
    value: IpvsSysctls[N],
    options?: CallOptions,
  ): Promise<void> {
    checkChoice('name', name, names);
    const text = format(name, knobs[name], value);
    await this.#core.change(
      'writeSysctl',
      {
        operation: 'write sysctl',
        object: `net.ipv4.vs.${name} = ${text}`,
        explain: { ENOENT: absence(name) },
        write: (arena) => {
          arena.text(name);
          arena.text(text);
        },
      },
      options,
    );
  }

  /** All knobs that this kernel has, with their values. */
  async list(options?: CallOptions): Promise<Partial<IpvsSysctls>> {
    const read = names.map(async (name) => {
      try {
        return [name, await this.get(name, options)] as const;
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error;
      }
    });
    const found = await Promise.all(read);
    return Object.fromEntries(found.filter((entry) => entry !== undefined));
  }
}

function absence(name: IpvsSysctlName): { readonly cause: string; readonly cure?: string } {
  const knob: Knob = knobs[name];
  if (knob.since !== undefined) {
    const since = `it came with Linux ${knob.since}`;
    return { cause: `this kernel (${release()}) does not have it; ${since}` };
  }
  if (knob.kind === 'integer' && knob.of !== undefined) {
    const cure = `load it (modprobe ip_vs_${knob.of})`;
    return { cause: `it is there while the scheduler ${knob.of} is loaded`, cure };
  }
  return {
    cause: `this kernel (${release()}) does not have it in this network namespace`,
    cure: 'it may depend on a build option, or be hidden inside a user namespace',
  };
}

function parse(knob: Knob, text: string): unknown {
  const value = text.trim();
  if (knob.kind === 'text') return value;
  const numbers = value.split(/\s+/).map(Number);
  if (knob.kind === 'pair') return numbers;
  return knob.kind === 'boolean' ? numbers[0] !== 0 : numbers[0];
}

function format(name: string, knob: Knob, value: unknown): string {
  switch (knob.kind) {
    case 'boolean':
      return checkBoolean(name, value) ? '1' : '0';
    case 'text':
      return value === '' ? '\n' : checkText(name, value, longestText);
    case 'pair':
      return formatPair(name, value);
    case 'integer': {
      const number = checkInteger(name, value, knob.least, knob.most);
      if (knob.powerOfTwo === true && (number & (number - 1)) !== 0) {
        throw outOfRange(name, `a power of 2 from ${knob.least} to ${knob.most}`, value);
      }
      return String(number);
    }
  }
}

/** The threshold is below the period, unless there is no period. */
function formatPair(name: string, value: unknown): string {
  if (!Array.isArray(value) || value.length !== 2) {
    throw invalidType(name, 'two numbers: [threshold, period]', value);
  }
  const [threshold, period] = value.map((number) => checkInteger(name, number, 0, 2 ** 31 - 1));
  if (period !== 0 && (threshold ?? 0) >= (period ?? 0)) {
    throw outOfRange(name, 'a threshold below its period', value);
  }
  return `${threshold} ${period}`;
}

import type { OpenOptions } from '../options/index.js';
import {
  checkBoolean,
  checkCallOptions,
  checkChoice,
  checkInteger,
  checkObject,
  checkText,
} from '../options/index.js';
import type { Filter } from './filter/index.js';
import { compileFilter } from './filter/index.js';

/** Which way the frames go: towards this machine, away from it, or both. */
export type CaptureDirection = 'both' | 'in' | 'out';

/** What to capture, and how; see {@link capture}. */
export interface CaptureOptions extends OpenOptions {
  /** Name of the network device, at most 15 bytes. It need not be up yet. */
  readonly device: string;
  /**
   * Frames to let through: conditions, or the text that `tcpdump -ddd` prints. The kernel applies
   * it before it copies anything. Default: all.
   */
  readonly filter?: Filter | string | undefined;
  /** Most bytes to keep of each frame, 1 to 262144, a VLAN tag included. Default: 262144. */
  readonly snapLength?: number | undefined;
  /**
   * Hand over each frame at once, in some 50 µs. By default frames are handed over by blocks of a
   * quarter of the buffer, when one is full or at the latest 100 ms after its first frame, which costs
   * a fraction of the work. A frame of more than 65600 bytes is cut.
   */
  readonly immediate?: boolean | undefined;
  /** Which way the frames go. Default: `'both'`. */
  readonly direction?: CaptureDirection | undefined;
  /** Also receive unicast frames for other machines, as on a bridge or a mirror port. Default: `false`. */
  readonly promiscuous?: boolean | undefined;
  /**
   * Bytes of kernel memory that hold frames until they are read, 524288 to 1073741824, rounded down
   * to whole blocks; what finds no room is dropped and counted. Default: 16777216.
   */
  readonly bufferSize?: number | undefined;
}

const keys = [
  'device',
  'filter',
  'snapLength',
  'immediate',
  'direction',
  'promiscuous',
  'bufferSize',
  'netns',
  'timeout',
  'signal',
] as const satisfies readonly (keyof CaptureOptions)[];

/** Options with nothing left open. */
export interface CheckedOptions {
  readonly device: string;
  /** Instructions as the kernel takes them; none for no filter. */
  readonly program: Uint8Array | undefined;
  readonly snapLength: number;
  readonly immediate: boolean;
  readonly direction: CaptureDirection;
  readonly promiscuous: boolean;
  readonly bufferSize: number;
}

const longestName = 15;
const mostSnapLength = 262_144;
const leastBufferSize = 2 ** 19;
const defaultBufferSize = 2 ** 24;
const mostBufferSize = 2 ** 30;

/** Throws on what cannot be captured with. */
export function checkCaptureOptions(options: CaptureOptions): CheckedOptions {
  checkObject('options', options, keys);
  checkCallOptions(options);
  const { filter, immediate = false, direction = 'both', promiscuous = false } = options;
  const { snapLength = mostSnapLength, bufferSize = defaultBufferSize } = options;
  return {
    device: checkText('device', options.device, longestName),
    snapLength: checkInteger('snapLength', snapLength, 1, mostSnapLength),
    immediate: checkBoolean('immediate', immediate),
    direction: checkChoice('direction', direction, ['both', 'in', 'out']),
    promiscuous: checkBoolean('promiscuous', promiscuous),
    bufferSize: checkInteger('bufferSize', bufferSize, leastBufferSize, mostBufferSize),
    program: filter === undefined ? undefined : compileFilter(filter, { snapLength }),
  };
}

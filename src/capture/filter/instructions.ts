/**
 * Classic BPF, as linux/filter.h and linux/bpf_common.h number it (networking/filter.rst of the
 * kernel describes the machine): accumulator A, index X, scratch memory M[0..15], forward jumps.
 */

/** One instruction; jumps count from the next one. */
export interface Instruction {
  readonly code: number;
  readonly ifTrue: number;
  readonly ifFalse: number;
  readonly operand: number;
}

/** What each instruction does, by the name that the kernel's assembler has for it. */
export const codes = {
  /** A = the 32-bit word at operand. */
  ld: 0x20,
  /** A = the 16 bits at operand. */
  ldh: 0x28,
  /** A = the byte at operand. */
  ldb: 0x30,
  /** A = the word at X + operand. */
  ldIndexed: 0x40,
  /** A = the 16 bits at X + operand. */
  ldhIndexed: 0x48,
  /** A = the byte at X + operand. */
  ldbIndexed: 0x50,
  /** A = operand. */
  ldi: 0x00,
  /** A = M[operand]. */
  ldMemory: 0x60,
  /** X = operand. */
  ldxi: 0x01,
  /** X = M[operand]. */
  ldxMemory: 0x61,
  /** M[operand] = A. */
  st: 0x02,
  /** M[operand] = X. */
  stx: 0x03,
  /** A += operand. */
  add: 0x04,
  /** A += X. */
  addx: 0x0c,
  /** A &= operand. */
  and: 0x54,
  /** A <<= operand. */
  lsh: 0x64,
  /** A >>= operand. */
  rsh: 0x74,
  /** Jump by operand. */
  ja: 0x05,
  /** A === operand? */
  jeq: 0x15,
  /** A > operand? */
  jgt: 0x25,
  /** A >= operand? */
  jge: 0x35,
  /** (A & operand) !== 0? */
  jset: 0x45,
  /** Keep operand bytes of the frame; 0 refuses it. */
  ret: 0x06,
  /** X = A. */
  tax: 0x07,
  /** A = X. */
  txa: 0x87,
} as const;

/** Offsets that stand for what the kernel knows of a frame, not for its bytes (SKF_AD_OFF). */
export const ancillary = {
  /** Kind of the device (ARPHRD_…). */
  hardwareType: 0xff_ff_f0_1c,
  /** The tag that the kernel took out. */
  vlanTag: 0xff_ff_f0_2c,
  /** Whether it took one out. */
  vlanTagPresent: 0xff_ff_f0_30,
} as const;

/** The kernel takes programs of at most so many instructions (BPF_MAXINSNS). */
export const mostInstructions = 4096;

/** The program as an array of `struct sock_filter`, in this machine's byte order. */
export function encode(program: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(program.length * 8);
  const view = new DataView(bytes.buffer);
  for (const [index, { code, ifTrue, ifFalse, operand }] of program.entries()) {
    view.setUint16(index * 8, code, true);
    view.setUint8(index * 8 + 2, ifTrue);
    view.setUint8(index * 8 + 3, ifFalse);
    view.setUint32(index * 8 + 4, operand, true);
  }
  return bytes;
}

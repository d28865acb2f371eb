/** Exit statuses of the lab itself, as timeout(1) has them. */
export const EXIT = { timeLimit: 124, lab: 125, usage: 2 };

/** A failure of the lab, not of the command that runs in it; its message is for the terminal. */
export class LabError extends Error {
  /** @override */
  name = 'LabError';

  /**
   * @param {string} message
   * @param {number} [status] exit status to end with
   */
  constructor(message, status = EXIT.lab) {
    super(message);
    this.status = status;
  }
}

let quiet = false;

/** @param {boolean} value */
export function setQuiet(value) {
  quiet = value;
}

/** @param {string} line */
export function say(line) {
  if (!quiet) process.stderr.write(`lab: ${line}\n`);
}

/** @param {string} text */
export function complain(text) {
  process.stderr.write(`lab: ${text.trimEnd()}\n`);
}

/**
 * Runs a command line's body; what fails is told without a stack when it is the lab's own failure.
 * @param {() => number | Promise<number>} body returns the exit status
 */
export async function runMain(body) {
  try {
    process.exitCode = await body();
  } catch (error) {
    const expected = error instanceof LabError;
    complain(expected ? error.message : String(error instanceof Error ? error.stack : error));
    process.exitCode = expected ? error.status : EXIT.lab;
  }
}

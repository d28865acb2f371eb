import { constants } from 'node:os';
import { EXIT } from './report.mjs';

/**
 * Everything that can end a run from outside: the time limit, a signal, a reader that went away.
 */
export class Stop {
  /** Exit status once the run has to end; undefined until then. @type {number | undefined} */
  status;
  /** @type {Promise<void>} */
  asked;
  #timer;
  /** @type {Map<NodeJS.Signals, () => void>} */
  #signals = new Map();

  /** @param {number | undefined} timeout in seconds; undefined is no limit */
  constructor(timeout) {
    /** @type {(status: number) => void} */
    let ask;
    this.asked = new Promise((resolve) => {
      ask = (status) => {
        this.status ??= status;
        resolve();
      };
    });
    if (timeout !== undefined) this.#timer = setTimeout(() => ask(EXIT.timeLimit), timeout * 1000);
    for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      this.#signals.set(name, () => ask(128 + constants.signals[name]));
    }
    for (const [name, listener] of this.#signals) process.on(name, listener);
    for (const stream of [process.stdout, process.stderr]) {
      stream.on('error', () => ask(128 + constants.signals.SIGPIPE));
    }
  }

  /** Lets the process end; streams keep their listener, for they tell of a broken pipe late. */
  release() {
    clearTimeout(this.#timer);
    for (const [name, listener] of this.#signals) process.off(name, listener);
  }
}

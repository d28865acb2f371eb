/** Milliseconds to wait before the second time within a period; each further time takes twice that. */
const firstPause = 100;

/** How often something is done within a period, and how soon after the time before. */
export class Pace {
  readonly #attempts: number;
  readonly #period: number;
  #times: number[] = [];

  constructor(attempts: number, period: number) {
    this.#attempts = attempts;
    this.#period = period;
  }

  /** How often it was done within the period that ends now. */
  count(now: number): number {
    this.#times = this.#times.filter((time) => now - time < this.#period);
    return this.#times.length;
  }

  /** Milliseconds to wait before the next time; `undefined` when it has been done too often. */
  pause(now: number): number | undefined {
    const count = this.count(now);
    if (count >= this.#attempts) return undefined;
    return count === 0 ? 0 : Math.min(firstPause * 2 ** (count - 1), this.#period);
  }

  did(now: number): void {
    this.#times.push(now);
  }
}

// @ts-check

/** Random numbers that are the same for the same seed. */
export class Random {
  #state;

  /** @param {number} seed */
  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /**
   * From 0 to below `count`.
   * @param {number} count
   */
  below(count) {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(((this.#state >>> 8) / 2 ** 24) * count);
  }

  /**
   * @template T
   * @param {readonly T[]} list not empty
   * @returns {T}
   */
  of(list) {
    return /** @type {T} */ (list[this.below(list.length)]);
  }

  /**
   * Some numbers below `count`, each once.
   * @param {number} count
   * @param {number} most
   */
  some(count, most) {
    const chosen = new Set();
    for (let i = 1 + this.below(most); i > 0; i--) chosen.add(this.below(count));
    return [...chosen];
  }
}

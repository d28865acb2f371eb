/**
 * The rows of pages, one by one: what an async generator does, at half the cost of a row. A generator
 * makes a promise more for each of them, and waits for it.
 */
export class RowsOfPages<T extends object> implements AsyncGenerator<T, void, undefined> {
  readonly #pages: AsyncGenerator<readonly T[], void, undefined>;
  #page: readonly T[] = [];
  #at = 0;
  /** The last thing that was asked for and takes time: whatever is asked for next waits for it. */
  #turn: Promise<unknown> | undefined;

  constructor(pages: AsyncGenerator<readonly T[], void, undefined>) {
    this.#pages = pages;
  }

  next(): Promise<IteratorResult<T, void>> {
    const row = this.#turn === undefined ? this.#page[this.#at] : undefined;
    if (row === undefined) return this.#queue(() => this.#nextPage());
    this.#at++;
    return Promise.resolve({ done: false, value: row });
  }

  return(): Promise<IteratorResult<T, void>> {
    return this.#end(() => this.#pages.return());
  }

  throw(error: unknown): Promise<IteratorResult<T, void>> {
    return this.#end(() => this.#pages.throw(error));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** Pages are never empty. */
  async #nextPage(): Promise<IteratorResult<T, void>> {
    const waiting = this.#page[this.#at];
    if (waiting === undefined) {
      const { done, value } = await this.#pages.next();
      if (done === true) return { done, value: undefined };
      this.#page = value;
      this.#at = 0;
    }
    const row = this.#page[this.#at++];
    return row === undefined ? { done: true, value: undefined } : { done: false, value: row };
  }

  #end(how: () => Promise<IteratorResult<readonly T[], void>>): Promise<IteratorResult<T, void>> {
    return this.#queue(async () => {
      this.#page = [];
      await how();
      return { done: true, value: undefined };
    });
  }

  #queue<R>(step: () => Promise<R>): Promise<R> {
    const turn = this.#turn === undefined ? step() : this.#turn.then(step, step);
    const after = (): void => {
      if (this.#turn === turn) this.#turn = undefined;
    };
    this.#turn = turn;
    turn.then(after, after);
    return turn;
  }
}

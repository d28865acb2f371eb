import type { Request } from './request.js';

const smallest = 64;
/** What is larger is not kept when it has become empty. */
const largest = 1 << 16;

/**
 * Requests by number. Numbers rise, so those that are there at a time lie close together, and their
 * places are used again and again: a `Map` of ten thousand would be memory that is new each time.
 */
export class RequestRing {
  #slots = slots(smallest);
  #size = 0;
  /** No request has a lower number. */
  #first = 0;

  get size(): number {
    return this.#size;
  }

  add(request: Request): void {
    if (this.#size++ === 0) this.#first = request.id;
    if (this.#distance(request.id) >= this.#slots.length) this.#advance();
    while (this.#distance(request.id) >= this.#slots.length) this.#grow();
    this.#slots[this.#place(request.id)] = request;
  }

  get(id: number): Request | undefined {
    const request = this.#slots[this.#place(id)];
    return request?.id === id ? request : undefined;
  }

  delete(id: number): void {
    this.#slots[this.#place(id)] = undefined;
    this.#size--;
    if (this.#size === 0 && this.#slots.length > largest) this.#slots = slots(smallest);
  }

  /** The one with the lowest number. */
  get oldest(): Request | undefined {
    if (this.#size === 0) return undefined;
    this.#advance();
    return this.#slots[this.#place(this.#first)];
  }

  /** All of them, oldest first. */
  all(): Request[] {
    const all = this.#slots.filter((request) => request !== undefined);
    return all.sort((a, b) => this.#distance(a.id) - this.#distance(b.id));
  }

  #place(id: number): number {
    return id & (this.#slots.length - 1);
  }

  /** Numbers begin anew after 2^32. */
  #distance(id: number): number {
    return (id - this.#first) >>> 0;
  }

  #advance(): void {
    while (this.get(this.#first) === undefined) this.#first = (this.#first + 1) >>> 0;
  }

  #grow(): void {
    const larger = slots(this.#slots.length * 2);
    for (const request of this.#slots) {
      if (request !== undefined) larger[request.id & (larger.length - 1)] = request;
    }
    this.#slots = larger;
  }
}

function slots(length: number): (Request | undefined)[] {
  return new Array<Request | undefined>(length).fill(undefined);
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Request } from '../../../src/native/request.js';
import { RequestRing } from '../../../src/native/request-ring.js';

const request = (id: number): Request => ({ id }) as Request;

/** Adds a number of requests, or takes away the nth of those that are there. */
const steps = fc.array(
  fc.oneof(
    fc.record({ add: fc.integer({ min: 1, max: 300 }) }),
    fc.record({ remove: fc.nat(), times: fc.integer({ min: 1, max: 200 }) }),
  ),
  { maxLength: 30 },
);

/** A ring, and a map that is told the same. */
class Pair {
  readonly ring = new RequestRing();
  readonly model = new Map<number, Request>();
  #id: number;

  constructor(first: number) {
    this.#id = first;
  }

  add(): void {
    const added = request(this.#id);
    this.ring.add(added);
    this.model.set(this.#id, added);
    this.#id = this.#id === 0xff_ff_ff_ff ? 1 : this.#id + 1;
  }

  remove(nth: number): void {
    const known = [...this.model.keys()][nth % Math.max(this.model.size, 1)];
    if (known === undefined) return;
    this.ring.delete(known);
    this.model.delete(known);
  }

  check(): void {
    expect(this.ring.size).toBe(this.model.size);
    expect(this.ring.oldest).toBe(this.model.values().next().value);
    expect(this.ring.all()).toEqual([...this.model.values()]);
    for (const [known, value] of this.model) expect(this.ring.get(known)).toBe(value);
    expect(this.ring.get(this.#id)).toBeUndefined();
  }
}

describe('requests by number', () => {
  it('are those of a map, in the order of their numbers, also when these begin anew', () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 2 ** 31 - 100, 2 ** 32 - 100), steps, (first, list) => {
        const pair = new Pair(first);
        for (const step of list) {
          if ('add' in step) for (let i = 0; i < step.add; i++) pair.add();
          else for (let i = 0; i < step.times; i++) pair.remove(step.remove * (i % 2));
          pair.check();
        }
      }),
      { numRuns: 50 },
    );
  });

  it('are found again after many have come and gone', () => {
    const ring = new RequestRing();
    for (let id = 1; id <= 100_000; id++) ring.add(request(id));
    for (let id = 1; id <= 100_000; id++) ring.delete(id);
    ring.add(request(100_001));
    expect(ring.oldest).toEqual({ id: 100_001 });
  });
});

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

describe('requests by number', () => {
  it('are those of a map, in the order of their numbers, also when these begin anew', () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 2 ** 31 - 100, 2 ** 32 - 100), steps, (first, list) => {
        const ring = new RequestRing();
        const model = new Map<number, Request>();
        let id = first;
        const add = (): void => {
          const added = request(id);
          ring.add(added);
          model.set(id, added);
          id = id === 0xff_ff_ff_ff ? 1 : id + 1;
        };
        const remove = (nth: number): void => {
          const known = [...model.keys()][nth % Math.max(model.size, 1)];
          if (known === undefined) return;
          ring.delete(known);
          model.delete(known);
        };
        for (const step of list) {
          if ('add' in step) for (let i = 0; i < step.add; i++) add();
          else for (let i = 0; i < step.times; i++) remove(step.remove * (i % 2));
          expect(ring.size).toBe(model.size);
          expect(ring.oldest).toBe(model.values().next().value);
          expect(ring.all()).toEqual([...model.values()]);
          for (const [known, value] of model) expect(ring.get(known)).toBe(value);
          expect(ring.get(id)).toBeUndefined();
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

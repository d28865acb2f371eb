import { describe, expect, it } from 'vitest';
import type { Seen } from '../../../src/route/seen.js';
import type { Change } from '../../../src/route/watch/view.js';
import { View } from '../../../src/route/watch/view.js';

interface Thing {
  readonly value: number;
  readonly name?: string;
  readonly validLifetime?: number;
}

const all = { matches: () => true, splitsSlots: false };

function seen(place: string, value: number, more: Partial<Seen<Thing>> = {}): Seen<Thing> {
  const [slot = '', key = slot] = place.split('/');
  return { slot, key: `${slot}/${key}`, object: { value }, ...more };
}

function made(place: string, value: number, more: Partial<Seen<Thing>> = {}, replaces = false) {
  return { removed: false, replaces, seen: seen(place, value, more) };
}

function gone(place: string, value = 0) {
  return { removed: true, replaces: false, seen: seen(place, value) };
}

/** Changes in short: `+1`, `-1`, `1>2`. */
function short(changes: readonly Change<Thing>[] | undefined): string[] | undefined {
  return changes?.map((change) => {
    if (change.change === 'changed') return `${change.previous.value}>${change.object.value}`;
    return `${change.change === 'added' ? '+' : '-'}${change.object.value}`;
  });
}

/** A view that has been told all of these. */
function viewOf(places: readonly string[], selection = all): View<Thing> {
  const view = new View<Thing>(selection);
  for (const [i, place] of places.entries()) view.announce(made(place, i));
  return view;
}

const values = (view: View<Thing>): number[] => [...view.objects()].map(({ value }) => value);

describe('an announcement', () => {
  it('adds, changes and removes, and tells what was before', () => {
    const view = new View<Thing>(all);
    expect(short(view.announce(made('a', 1)))).toEqual(['+1']);
    expect(short(view.announce(made('a', 2)))).toEqual(['1>2']);
    expect(short(view.announce(made('b', 3)))).toEqual(['+3']);
    expect(short(view.announce(gone('a')))).toEqual(['-2']);
    expect(values(view)).toEqual([3]);
  });

  it('of what is known already, or not known at all, is none', () => {
    const view = viewOf(['a']);
    expect(view.announce(made('a', 0))).toEqual([]);
    expect(view.announce(gone('b'))).toEqual([]);
    expect(view.announce(made('c', 1, { object: undefined }))).toEqual([]);
    expect(
      short(view.announce({ ...gone('a'), seen: seen('a', 0, { object: undefined }) })),
    ).toEqual(['-0']);
  });

  it('of one beside another in its slot adds it, unless it may have joined the other', () => {
    const view = viewOf(['a/1']);
    expect(short(view.announce(made('a/2', 5)))).toEqual(['+5']);
    expect(view.announce(made('a/3', 6, { joins: true }))).toBeUndefined();
    expect(short(view.announce(made('b/1', 7, { joins: true })))).toEqual(['+7']);
  });

  it('that replaces takes the place of the only one, and is unclear among several', () => {
    const view = viewOf(['a/1']);
    expect(short(view.announce(made('a/2', 5, {}, true)))).toEqual(['0>5']);
    view.announce(made('a/3', 6));
    expect(view.announce(made('a/4', 7, {}, true))).toBeUndefined();
    expect(values(view)).toEqual([5, 6]);
  });

  it('of the end of one that is not there in a slot with others is unclear', () => {
    expect(viewOf(['a/1', 'a/2']).announce(gone('a/3'))).toBeUndefined();
  });
});

describe('a selection', () => {
  const even = { matches: ({ value }: Thing) => value % 2 === 0, splitsSlots: true };

  it('is entered and left by changes', () => {
    const view = new View<Thing>(even);
    expect(short(view.announce(made('a', 1)))).toEqual([]);
    expect(short(view.announce(made('a', 2)))).toEqual(['+2']);
    expect(short(view.announce(made('a', 4)))).toEqual(['2>4']);
    expect(short(view.announce(made('a', 5)))).toEqual(['-4']);
    expect(short(view.settle([seen('a', 5), seen('b', 6)], true))).toEqual(['+6']);
  });

  it('that knows only some of a slot does not know which one was replaced', () => {
    const view = new View<Thing>(even);
    view.announce(made('a/1', 2));
    expect(view.announce(made('a/2', 4, {}, true))).toBeUndefined();
    expect(view.announce(made('a/2', 3, {}, true))).toBeUndefined();
    expect(short(view.announce(made('b/1', 6, {}, true)))).toEqual(['+6']);
  });
});

describe('a listing', () => {
  it('tells what was added, changed and removed since', () => {
    const view = viewOf(['a', 'b', 'c']);
    const changes = view.settle([seen('a', 0), seen('b', 7), seen('d', 8)], true);
    expect(short(changes)?.sort()).toEqual(['+8', '-2', '1>7']);
    expect(values(view).sort()).toEqual([0, 7, 8]);
    expect(view.settle([seen('a', 0), seen('b', 7), seen('d', 8)], true)).toEqual([]);
  });

  it('takes one that went and one that came in the same slot for one that changed', () => {
    const view = viewOf(['a/1']);
    expect(short(view.settle([seen('a/2', 5)], true))).toEqual(['0>5']);
    expect(short(view.settle([seen('a/3', 6), seen('a/4', 7)], true))?.sort()).toEqual([
      '+6',
      '+7',
      '-5',
    ]);
    expect(short(view.settle([], true))).toEqual(['-6', '-7']);
  });

  it('counts twins, and what is there twice in one that is not whole', () => {
    const twins = [seen('a', 1), seen('a', 1)];
    expect(short(new View<Thing>(all).settle(twins, true))).toEqual(['+1', '+1']);
    expect(short(new View<Thing>(all).settle(twins, false))).toEqual(['+1']);
  });

  it('that is not whole removes nothing', () => {
    const view = viewOf(['a', 'b']);
    expect(short(view.settle([seen('b', 5), seen('c', 6)], false))).toEqual(['1>5', '+6']);
    expect(values(view).sort()).toEqual([0, 5, 6]);
  });
});

describe('lifetimes', () => {
  const at = (validLifetime: number, given: number, read: number): Partial<Seen<Thing>> => ({
    object: { value: 1, validLifetime },
    clock: { given, read },
  });

  it.each([
    ['that ran down', at(95, 7, 5000), []],
    ['that were given anew', at(95, 8, 5000), ['1>1']],
    ['that were given anew in the same instant, longer', at(200, 7, 0), ['1>1']],
    ['that were given anew in the same instant, shorter', at(50, 7, 5000), ['1>1']],
    ['that ended', { object: { value: 1 }, clock: { given: 7, read: 5000 } }, ['1>1']],
  ] as const)('%s', (_, now, expected) => {
    const view = new View<Thing>(all);
    view.announce(made('a', 1, at(100, 7, 0)));
    expect(short(view.announce(made('a', 1, now)))).toEqual(expected);
  });

  it('do not hide what else changed', () => {
    const view = new View<Thing>(all);
    view.announce(made('a', 1, at(100, 7, 0)));
    const renamed = {
      object: { value: 1, validLifetime: 99, name: 'b' },
      clock: { given: 7, read: 1000 },
    };
    expect(short(view.announce(made('a', 1, renamed)))).toEqual(['1>1']);
  });
});

import type { Seen } from '../seen.js';
import type { Entry } from './same.js';
import { isSame } from './same.js';

/** One announcement of the kernel's. */
export interface Announcement<T> {
  readonly removed: boolean;
  /** It took the place of another object of its slot, without that being announced. */
  readonly replaces: boolean;
  readonly seen: Seen<T>;
}

/** What has become of an object. */
export type Change<T> =
  | { readonly change: 'added'; readonly object: T }
  | { readonly change: 'removed'; readonly object: T }
  | { readonly change: 'changed'; readonly object: T; readonly previous: T };

/** Which objects a view is of. */
export interface Selection<T> {
  readonly matches: (object: T) => boolean;
  /** Whether it may pick some objects of a slot and leave out others. */
  readonly splitsSlots: boolean;
}

/** The objects of one kind, as announcements and listings tell them. */
export class View<T extends object> {
  readonly #slots = new Map<string, Entry<T>[]>();
  readonly #selection: Selection<T>;

  constructor(selection: Selection<T>) {
    this.#selection = selection;
  }

  /** The objects. */
  *objects(): Generator<T, void> {
    for (const slot of this.#slots.values()) for (const { object } of slot) yield object;
  }

  /**
   * What an announcement changes; `undefined` when it does not tell, and the kernel has to be asked.
   * Announcing again what is known already changes nothing, so that those that were made while the
   * state was read do no harm.
   */
  announce({ removed, replaces, seen }: Announcement<T>): Change<T>[] | undefined {
    const slot = this.#slots.get(seen.slot) ?? [];
    const place = slot.findIndex(({ key }) => key === seen.key);
    if (removed) return this.#announceRemoval(seen, slot, place);
    if (seen.object === undefined) return [];
    if (replaces && (slot.length > 1 || (place < 0 && slot.length > 0 && this.#splits))) {
      return undefined;
    }
    const entry = this.#select(seen);
    if (entry === undefined) return place < 0 ? [] : this.#take(seen.slot, slot, place);
    if (place >= 0) return change(slot, place, entry);
    if (replaces && slot.length === 1) return change(slot, 0, entry);
    return slot.length > 0 && seen.joins === true ? undefined : this.#add(entry);
  }

  /**
   * What a listing changes. One that is not whole adds and changes only: what it lacks may still be
   * there, and what it has may be there twice.
   */
  settle(listed: readonly Seen<T>[], whole: boolean): Change<T>[] {
    const now = this.#bySlot(listed);
    const gone = whole ? [...this.#slots].filter(([name]) => !now.has(name)) : [];
    return [
      ...gone.flatMap(([name, slot]) => [...slot].flatMap(() => this.#take(name, slot, 0))),
      ...[...now].flatMap(([name, entries]) => this.#settleSlot(name, entries, whole)),
    ];
  }

  #bySlot(listed: readonly Seen<T>[]): Map<string, Entry<T>[]> {
    const slots = new Map<string, Entry<T>[]>();
    for (const seen of listed) {
      const entry = this.#select(seen);
      if (entry === undefined) continue;
      const slot = slots.get(entry.slot);
      if (slot === undefined) slots.set(entry.slot, [entry]);
      else slot.push(entry);
    }
    return slots;
  }

  #settleSlot(name: string, listed: readonly Entry<T>[], whole: boolean): Change<T>[] {
    const slot = this.#slots.get(name) ?? [];
    const left = [...slot];
    const strangers: Entry<T>[] = [];
    const changes: Change<T>[] = [];
    for (const entry of listed) {
      const known = left.findIndex(({ key }) => key === entry.key);
      if (known < 0) {
        strangers.push(entry);
        continue;
      }
      const [before] = left.splice(known, 1);
      changes.push(...change(slot, slot.indexOf(before as Entry<T>), entry));
    }
    const [gone, stranger] = [left[0], strangers[0]];
    if (whole && left.length === 1 && strangers.length === 1 && gone && stranger) {
      // One that went and one that came in the same place are one that changed.
      return [...changes, ...change(slot, slot.indexOf(gone), stranger)];
    }
    if (whole) {
      for (const entry of left) changes.push(...this.#take(name, slot, slot.indexOf(entry)));
    }
    for (const entry of strangers) {
      const twin = this.#slots.get(name)?.some(({ key }) => key === entry.key) ?? false;
      if (whole || !twin) changes.push(...this.#add(entry));
    }
    return changes;
  }

  #announceRemoval(seen: Seen<T>, slot: Entry<T>[], place: number): Change<T>[] | undefined {
    if (place >= 0) return this.#take(seen.slot, slot, place);
    return slot.length === 0 ? [] : undefined;
  }

  get #splits(): boolean {
    return this.#selection.splitsSlots;
  }

  #select(seen: Seen<T>): Entry<T> | undefined {
    const { object } = seen;
    if (object === undefined || !this.#selection.matches(object)) return undefined;
    return seen as Entry<T>;
  }

  #add(entry: Entry<T>): Change<T>[] {
    const slot = this.#slots.get(entry.slot);
    if (slot === undefined) this.#slots.set(entry.slot, [entry]);
    else slot.push(entry);
    return [{ change: 'added', object: entry.object }];
  }

  #take(name: string, slot: Entry<T>[], place: number): Change<T>[] {
    const [entry] = slot.splice(place, 1);
    if (slot.length === 0) this.#slots.delete(name);
    return entry === undefined ? [] : [{ change: 'removed', object: entry.object }];
  }
}

function change<T extends object>(slot: Entry<T>[], place: number, entry: Entry<T>): Change<T>[] {
  const previous = slot[place];
  const same = previous !== undefined && isSame(previous, entry);
  if (!same || previous.key !== entry.key) slot[place] = entry;
  if (same || previous === undefined) return [];
  return [{ change: 'changed', object: entry.object, previous: previous.object }];
}

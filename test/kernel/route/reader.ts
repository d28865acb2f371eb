import type { Rtnl, Watch, WatchEvent } from '../../../src/route/index.js';

export type Kind = 'address' | 'link' | 'neighbour' | 'route' | 'rule';
type Objects = readonly object[];

/** Follows a watch, and builds a view from nothing but its events. */
export class Reader {
  readonly events: WatchEvent[] = [];
  readonly #views = new Map<Kind, Map<string, number>>();
  readonly #watch: Watch<WatchEvent>;
  readonly #loop: Promise<void>;
  readonly #waiting = new Set<() => void>();

  /** Begins to read once the watch is on; `between` is awaited behind every event. */
  static async of(watch: Watch<WatchEvent>, between?: () => Promise<void>): Promise<Reader> {
    return new Reader(await watch.ready(), between);
  }

  private constructor(watch: Watch<WatchEvent>, between = (): Promise<void> => Promise.resolve()) {
    this.#watch = watch;
    this.#loop = this.#read(between);
    // Whoever waits is told by `until`.
    this.#loop.catch(() => undefined);
  }

  async #read(between: () => Promise<void>): Promise<void> {
    for await (const event of this.#watch) {
      this.events.push(event);
      if (event.kind !== 'overrun' && event.kind !== 'settled') this.#apply(event);
      for (const look of [...this.#waiting]) look();
      await between();
    }
  }

  /** What was told of a kind, as sorted texts. */
  view(kind: Kind): string[] {
    return [...(this.#views.get(kind) ?? [])]
      .flatMap(([text, count]) => Array.from({ length: count }, () => text))
      .sort();
  }

  /** The events since the last time. */
  take(): WatchEvent[] {
    return this.events.splice(0);
  }

  /** Resolves with the first event that passes a test. */
  until(test: (event: WatchEvent) => boolean): Promise<WatchEvent> {
    const found = new Promise<WatchEvent>((resolve) => {
      const look = (): void => {
        const event = this.events.find(test);
        if (event === undefined) return;
        this.#waiting.delete(look);
        resolve(event);
      };
      this.#waiting.add(look);
      look();
    });
    const ended = this.#loop.then(() => Promise.reject(new Error('the watch has ended')));
    return Promise.race([found, ended]);
  }

  /** Waits until the view of a kind is what a listing says. */
  async agrees(kind: Kind, list: () => Promise<Objects>): Promise<void> {
    while (textsOf(await list()).join('\n') !== this.view(kind).join('\n')) {
      await Promise.race([this.#loop, new Promise((resolve) => setTimeout(resolve, 20))]);
    }
  }

  async close(): Promise<void> {
    await this.#watch.close();
    await this.#loop;
  }

  /** Fails when an event does not follow from those before it. */
  #apply(event: Exclude<WatchEvent, { kind: 'overrun' | 'settled' }>): void {
    const view = this.#views.get(event.kind) ?? new Map<string, number>();
    this.#views.set(event.kind, view);
    const object = (event as unknown as Record<Kind, object>)[event.kind];
    if (event.change === 'changed') count(view, event.previous, -1);
    count(view, object, event.change === 'removed' ? -1 : 1);
  }
}

/** Everything that can be watched, as the library lists it. */
export const listings: Readonly<Record<Kind, (route: Rtnl) => Promise<Objects>>> = {
  address: (route) => route.listAddresses(),
  link: (route) => route.listLinks(),
  neighbour: (route) => route.listNeighbours({ state: 'permanent' }),
  route: (route) => route.listRoutes({ table: 'all' }),
  rule: (route) => route.listRules(),
};

/** One text an object, whatever the order of its properties. */
function textsOf(objects: Objects): string[] {
  return objects.map(textOf).sort();
}

function textOf(object: object): string {
  return JSON.stringify(object, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

function count(view: Map<string, number>, object: object, by: number): void {
  const text = textOf(object);
  const now = (view.get(text) ?? 0) + by;
  if (now < 0) throw new Error(`told of the end of what was not there: ${text}`);
  if (now === 0) view.delete(text);
  else view.set(text, now);
}

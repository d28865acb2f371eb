import { describe, expect, it } from 'vitest';
import { RowsOfPages } from '../../../src/ipvs/rows-of-pages.js';

interface Row {
  readonly id: number;
}

const row = (id: number): Row => ({ id });

/** Pages of these sizes, and what became of them. */
function pagesOf(...sizes: number[]) {
  const seen: string[] = [];
  async function* pages(): AsyncGenerator<Row[], void, undefined> {
    let last = 0;
    try {
      for (const size of sizes) {
        seen.push('page');
        await Promise.resolve();
        yield Array.from({ length: size }, () => row(++last));
      }
    } finally {
      seen.push('closed');
    }
  }
  return { rows: new RowsOfPages(pages()), seen };
}

describe('rows of pages', () => {
  it('come in order, and end once and for all', async () => {
    const { rows } = pagesOf(2, 1, 3);
    const ids: number[] = [];
    for await (const { id } of rows) ids.push(id);
    expect(ids).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await rows.next()).toEqual({ done: true, value: undefined });
  });

  it('are read from a page when somebody wants them', async () => {
    const { rows, seen } = pagesOf(2, 2);
    expect(seen).toEqual([]);
    await rows.next();
    await rows.next();
    expect(seen).toEqual(['page']);
    await rows.next();
    expect(seen).toEqual(['page', 'page']);
  });

  it('keep their order when several are asked for at once', async () => {
    const { rows } = pagesOf(2, 1);
    const results = await Promise.all(Array.from({ length: 5 }, () => rows.next()));
    expect(results.map(({ value }) => value?.id)).toEqual([1, 2, 3, undefined, undefined]);
    expect(results.map(({ done }) => done)).toEqual([false, false, false, true, true]);
  });

  it('close the pages when they are left', async () => {
    const { rows, seen } = pagesOf(2, 2);
    for await (const { id } of rows) if (id === 1) break;
    expect(seen).toEqual(['page', 'closed']);
    expect(await rows.next()).toEqual({ done: true, value: undefined });
  });

  it('close the pages behind what was asked for before', async () => {
    const { rows, seen } = pagesOf(1, 1);
    const [first, second] = await Promise.all([rows.next(), rows.next(), rows.return()]);
    expect([first.value, second.value]).toEqual([row(1), row(2)]);
    expect(seen).toEqual(['page', 'page', 'closed']);
  });

  it('close the pages at the end of a scope', async () => {
    const { rows, seen } = pagesOf(2);
    {
      await using used = rows;
      await used.next();
    }
    expect(seen).toEqual(['page', 'closed']);
  });

  it('fail as the pages do, and are over then', async () => {
    async function* failing(): AsyncGenerator<Row[], void, undefined> {
      yield await Promise.resolve([row(1)]);
      throw new Error('no more');
    }
    const rows = new RowsOfPages(failing());
    const results = await Promise.allSettled([rows.next(), rows.next(), rows.next()]);
    expect(results).toEqual([
      { status: 'fulfilled', value: { done: false, value: row(1) } },
      { status: 'rejected', reason: new Error('no more') },
      { status: 'fulfilled', value: { done: true, value: undefined } },
    ]);
    await expect(pagesOf(1).rows.throw(new Error('enough'))).rejects.toThrow('enough');
  });
});

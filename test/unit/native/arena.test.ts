import { expect, it } from 'vitest';
import { Arena } from '../../../src/native/arena.js';

function fill(arena: Arena, blobs: number): void {
  arena.beginRequest(1, 2, 3);
  for (let i = 0; i < blobs; i++) arena.blob(new Uint8Array(1000).fill(0xff));
  arena.endRequest();
}

it('an arena that is given up serves another one, and nothing of what was in it is left', () => {
  const first = new Arena();
  fill(first, 10);
  first.take();
  fill(first, 5);
  const { bytes } = first;
  first.release();
  const second = new Arena();
  expect(second.bytes).toBe(bytes);
  expect(second.length).toBe(0);
  expect(bytes.every((byte) => byte === 0)).toBe(true);
});

it('who writes to an arena that was given up has memory of its own', () => {
  const first = new Arena();
  fill(first, 10);
  first.release();
  first.release();
  const second = new Arena();
  fill(first, 1);
  fill(second, 2);
  expect(first.bytes.buffer).not.toBe(second.bytes.buffer);
  expect(first.take()).toHaveLength(16 + 8 + 1000);
  expect(second.take()).toHaveLength(16 + 2 * (8 + 1000));
});

it('only a few are kept', () => {
  const arenas = Array.from({ length: 5 }, () => new Arena());
  for (const arena of arenas) fill(arena, 10);
  const used = arenas.map(({ bytes }) => bytes);
  for (const arena of arenas) arena.release();
  const again = Array.from({ length: 5 }, () => new Arena());
  expect(again.filter(({ bytes }) => used.includes(bytes))).toHaveLength(2);
});

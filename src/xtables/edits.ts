import type { Arena } from '../native/index.js';
import type { TablesTables } from './tables.js';
import type { NewRule, Policy } from './types.js';
import { writeRule } from './write-rule.js';

/** One edit of a table, to be done when it is committed. */
export interface Edit {
  readonly kind: EditKind;
  readonly chain?: string | undefined;
  readonly newName?: string;
  /** In the chain, from 0. */
  readonly position?: number | undefined;
  readonly policy?: Policy;
  readonly rule?: NewRule;
  /** As it would be typed: `-A INPUT -j ACCEPT`. */
  readonly text: string;
}

export type EditKind = (typeof editKinds)[number];
export const editKinds = [
  'insert',
  'replace',
  'delete',
  'deleteSame',
  'flush',
  'zero',
  'policy',
  'newChain',
  'renameChain',
  'deleteChain',
] as const;

/** Writes an edit's record, and its rule's. */
export function writeEdit(tables: TablesTables, arena: Arena, edit: Edit): void {
  const { edit: fields } = tables;
  const at = arena.record(fields.table);
  fields.kind.writeName(arena, at, edit.kind);
  if (edit.chain !== undefined) fields.chain.write(arena, at, edit.chain);
  if (edit.newName !== undefined) fields.newName.write(arena, at, edit.newName);
  if (edit.position !== undefined) fields.position.write(arena, at, edit.position);
  if (edit.policy !== undefined) {
    fields.policy.writeName(arena, at, edit.policy === 'ACCEPT' ? 'accept' : 'drop');
  }
  if (edit.rule !== undefined) writeRule(tables, arena, edit.rule);
}

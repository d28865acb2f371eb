// @ts-check
// Opening handles, and asking a thread as Node itself does.
import { fstat } from 'node:fs';
import { Ipvs } from '../../../dist/index.js';
import { Rtnl } from '../../../dist/route/index.js';
import { cost } from '../lib/cost.mjs';

const opens = 20;
const questions = 500;

/** @param {{ open(): Promise<{ close(): Promise<void> }> }} Handle */
async function openOften(Handle) {
  /** @type {{ close(): Promise<void> }[]} */
  const open = [];
  const opened = await cost(async () => {
    for (let i = 0; i < opens; i++) open.push(await Handle.open());
  });
  await Promise.all(open.map((handle) => handle.close()));
  return opened;
}

export const openIpvs = () => openOften(Ipvs);
export const openRtnl = () => openOften(Rtnl);

/** What Node itself takes to ask a thread and to hear from it. */
export function askNode() {
  return cost(async () => {
    for (let i = 0; i < questions; i++) await new Promise((resolve) => fstat(0, resolve));
  });
}

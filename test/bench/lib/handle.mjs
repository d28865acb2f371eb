// @ts-check
import { existsSync } from 'node:fs';
import { Ipvs } from '../../../dist/index.js';
import { tool } from './measure.mjs';

const hasIpvs = existsSync('/proc/net/ip_vs');

/** @type {string[]} */
const made = [];
let last = 0;

/**
 * A namespace in which nothing has happened yet. What was removed from IPVS stays in a list for two minutes,
 * which the kernel searches whenever a destination is added: flushing does not make a clean start.
 */
export function freshNetns() {
  const name = `bench${++last}`;
  tool('ip', ['netns', 'add', name]);
  // Before the first address of a namespace the kernel takes every address for a broadcast.
  tool('ip', ['-n', name, 'link', 'set', 'lo', 'up']);
  made.push(name);
  return name;
}

/** Removes all of them, and gives the kernel, which does so in the background, time for it. */
export function removeNetnses() {
  for (const name of made.splice(0)) {
    if (hasIpvs) tool('nsenter', [`--net=/run/netns/${name}`, 'ipvsadm', '-C']);
    tool('ip', ['netns', 'delete', name]);
  }
  tool('sleep', ['1']);
}

/**
 * @template T
 * @param {string} netns its name, or `''` for the caller's own
 * @param {(ipvs: Ipvs) => Promise<T>} use
 */
export async function withIpvs(netns, use) {
  const ipvs = await Ipvs.open(netns === '' ? {} : { netns });
  try {
    return await use(ipvs);
  } finally {
    await ipvs.close();
  }
}

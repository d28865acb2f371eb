import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll } from 'vitest';
import { Rtnl } from '../../../src/route/index.js';

let count = 0;

type JsonList = Record<string, unknown>[];

/** A network namespace of the test file's own, and a handle in it. */
export interface Room {
  readonly netns: string;
  readonly route: Rtnl;
  /** Runs `ip` in the namespace: several commands at once, since starting a process takes long. */
  ip(...commands: string[]): void;
  /** `sysctl -w` in the namespace. */
  sysctl(setting: string): void;
  /** Runs commands of which the last one lists something, with these options of `ip`. */
  json(commands: string[], ...options: string[]): JsonList;
}

/** Makes a namespace before the tests of this file, and removes it afterwards. */
export function useRoom(): Room {
  const netns = `route-${process.pid}-${count++}`;
  const batch = (commands: string[], options: string[]): string =>
    execFileSync('ip', ['-n', netns, ...options, '-batch', '-'], {
      input: commands.map((command) => `${command}\n`).join(''),
      encoding: 'utf8',
      stdio: 'pipe',
    });
  let route: Rtnl;
  beforeAll(async () => {
    if (!existsSync('/proc/sys/net/ipv6')) execFileSync('modprobe', ['ipv6']);
    execFileSync('ip', ['netns', 'add', netns]);
    // A thousand changes at once take an emulated kernel longer than the default allows.
    route = await Rtnl.open({ netns, timeout: 60_000 });
  });
  afterAll(async () => {
    await route.close();
    execFileSync('ip', ['netns', 'del', netns]);
  });
  return {
    netns,
    get route() {
      return route;
    },
    ip: (...commands) => {
      batch(commands, []);
    },
    sysctl: (setting) => {
      execFileSync('ip', ['netns', 'exec', netns, 'sysctl', '-w', setting], { stdio: 'pipe' });
    },
    json: (commands, ...options) =>
      JSON.parse(batch(commands, ['-j', '-d', ...options]) || '[]') as JsonList,
  };
}

/** What `ip` says of a device after some commands, without what differs each time. */
export function shownLink(
  room: Room,
  name: string,
  ...commands: string[]
): Record<string, unknown> | undefined {
  const links = room.json([...commands, 'link show']);
  const link = links.find(({ ifname }) => ifname === name);
  if (link === undefined) return undefined;
  const { ifindex, address, operstate, permaddr, stats64, ...rest } = link;
  const info = JSON.stringify(rest['linkinfo'] ?? null, (key, value: unknown) =>
    /timer|id$|address/.test(key) ? undefined : value,
  );
  return { ...rest, flags: [], linkinfo: info };
}

// The hosts of a network made ready for a way of handing packets on, by the recipes alone.
import type {
  DirectorOptions,
  Preparation,
  RealServerOptions,
} from '../../../src/recipes/index.js';
import { prepareDirector, prepareRealServer } from '../../../src/recipes/index.js';
import { hosts, servers } from './lan.js';

/** Nobody else is on that network: one question is enough. */
export const brief = { probe: { count: 1, interval: 200 }, announce: { count: 1 } } as const;

export type Way = Pick<DirectorOptions, 'mode' | 'device'>;
type ServerName = (typeof servers)[number];
export type Server = (server: ServerName) => Omit<RealServerOptions, 'netns'>;

/** Prepares the director, and as many of the real servers as are named where these need it. */
export async function prepareHosts(
  vip: string,
  way: Way,
  server: Server | undefined,
  names: readonly ServerName[] = servers,
): Promise<Preparation[]> {
  const { netns } = hosts.director;
  return await Promise.all([
    prepareDirector({ vip, ...way, ...brief, netns }),
    ...names.flatMap((name) =>
      server === undefined
        ? []
        : prepareRealServer({ ...server(name), netns: hosts[name].netns } as RealServerOptions),
    ),
  ]);
}

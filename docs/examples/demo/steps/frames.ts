import { readOpening } from '../opening.js';
import type { Scene } from '../scene.js';
import { hostOf } from '../topology.js';

/** As many lines as two connections give: they are all alike. */
const shown = 4;

export async function readFrames({ narrator, frames, connections }: Scene): Promise<void> {
  narrator.step(
    'The frames show how it works',
    'Each opening packet crosses the bridge twice: to the director, and on to a real server. Its address\nstays 10.0.0.1; only the MAC address changes.',
  );
  if (frames === undefined) throw new Error('nothing was captured');
  await frames.close();
  const ways = new Map<string, Set<string | undefined>>();
  const lines: string[] = [];
  for await (const frame of frames) {
    const { macAddress, client, virtual } = readOpening(frame);
    const host = hostOf(macAddress);
    ways.set(client, (ways.get(client) ?? new Set()).add(host));
    lines.push(`${client} → ${virtual}  in a frame to ${macAddress}, which is ${host}`);
  }
  narrator.kernel('lan', [...lines.slice(0, shown), `… and ${lines.length - shown} more`]);
  narrator.check(
    'each connection went to vm1, and from there to the real server that answered it',
    connections.map(({ client }) => [...(ways.get(client) ?? [])]),
    connections.map(({ host }) => ['vm1', host]),
  );
  for (const { client } of connections) ways.delete(client);
  narrator.check('the ninth got no further than vm1', [...ways.values()], [new Set(['vm1'])]);
}

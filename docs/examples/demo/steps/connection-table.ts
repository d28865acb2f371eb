import type { IpvsConnection } from 'lvs';
import { connectionLines } from '../connection-lines.js';
import type { Scene } from '../scene.js';

/** Seconds that the kernel remembers an idle, established TCP connection. */
const timeout = 900;

export async function listConnectionTable(scene: Scene): Promise<void> {
  const { narrator, ipvs, connections, realServers } = scene;
  narrator.step(
    'The connection table is read',
    'Who, to what, on which real server, in which state, and for how many seconds still.',
  );
  const rows: IpvsConnection[] = [];
  await narrator.perform('vm1', 'ipvsadm -L -n -c', async () => {
    for await (const row of ipvs.listConnections()) rows.push(row);
  });
  narrator.kernel('vm1', connectionLines(rows));
  narrator.check(
    'every connection is on the real server that answered it',
    rows.map(({ client, dest }) => `${client.address}:${client.port} ${dest.address}`).sort(),
    connections
      .map(({ client, host }) => {
        const server = realServers.find(({ name }) => name === host);
        return `${client} ${server?.address}`;
      })
      .sort(),
  );
  narrator.check(
    'all are established, and have some of 900 seconds left',
    rows.every(
      ({ state, expires }) => state === 'ESTABLISHED' && expires > 0 && expires <= timeout,
    ),
    true,
  );
}

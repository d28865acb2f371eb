import { once } from 'node:events';
import type { IpvsConnection } from 'lvs';
import { connectionLines } from '../connection-lines.js';
import type { HeldConnection } from '../http.js';
import type { Scene } from '../scene.js';
import { serviceLines } from '../service-lines.js';

export async function removeAll(scene: Scene): Promise<void> {
  const { narrator, route, ipvs, realServers, connections } = scene;
  narrator.step('Everything is removed', 'The client hangs up; then all that was made is undone.');
  await Promise.all(connections.splice(0).map(hangUp));

  await narrator.perform('vm1', 'ipvsadm -D -t 10.0.0.1:80', () =>
    ipvs.removeService('tcp://10.0.0.1:80'),
  );
  narrator.kernel('vm1', await serviceLines(ipvs));
  narrator.check('there is no service', await ipvs.listServices(), []);
  const remembered: IpvsConnection[] = [];
  for await (const row of ipvs.listConnections()) remembered.push(row);
  narrator.kernel('vm1', connectionLines(remembered));
  narrator.check(
    'what the kernel remembers of connections it forgets by itself, within seconds',
    remembered.every(({ state, expires }) => state === 'CLOSE' && expires <= 10),
    true,
  );

  for (const { name, nat } of realServers) {
    await narrator.perform(name, 'iptables -t nat -F', () => nat.flush());
    narrator.check(`${name} has no nat rule`, await nat.listRules(), []);
  }

  await narrator.perform('vm1', 'ip addr del dev ens3 10.0.0.1/24', () =>
    route.removeAddress({ device: 'ens3', address: '10.0.0.1/24' }),
  );
  const left = await route.listAddresses({ address: '10.0.0.1' });
  narrator.check('the virtual address is gone', left, []);
}

/** With a reset, which ends a connection at once. */
async function hangUp({ socket }: HeldConnection): Promise<void> {
  socket.resetAndDestroy();
  await once(socket, 'close');
}

import { capture } from 'lvs/capture';
import { connectTo } from '../http.js';
import type { Scene } from '../scene.js';
import { serviceLines } from '../service-lines.js';

/** A refusal takes a packet there and one back; a timeout of TCP's would take a second or more. */
const atOnce = 500;

export async function openConnections(scene: Scene): Promise<void> {
  const { narrator, ipvs, connections } = scene;
  narrator.step(
    'Clients connect',
    'Eight connections, each held open after its answer, and a ninth. They are sockets of Node’s own that\nlive in the client’s namespace: openProbeSocket() made them.',
  );
  scene.frames = await narrator.perform(
    'lan',
    "tcpdump -i br0 -e 'dst host 10.0.0.1 and tcp[tcpflags] & tcp-syn != 0'",
    () => {
      const filter = { destination: '10.0.0.1', tcpFlags: { syn: true } };
      return capture({ netns: 'lan', device: 'br0', promiscuous: true, filter }).ready();
    },
  );
  connections.push(
    await narrator.perform('client', 'curl http://10.0.0.1/', () => connectTo('10.0.0.1')),
  );
  while (connections.length < 8) connections.push(await connectTo('10.0.0.1'));
  const answers = connections.map(({ client, host }) => `${client} was answered by ${host}`);
  narrator.kernel('client', answers);
  const hosts = connections.map(({ host }) => host);
  const [first, second] = hosts;
  narrator.check('two real servers take part', [first, second].sort(), ['vm2', 'vm3']);
  narrator.check(
    'they alternate',
    hosts,
    hosts.map((_, index) => (index % 2 === 0 ? first : second)),
  );

  const start = performance.now();
  const ninth = await narrator.perform('client', 'curl http://10.0.0.1/', () =>
    connectTo('10.0.0.1').catch((error: NodeJS.ErrnoException) => error),
  );
  const elapsed = performance.now() - start;
  const outcome = ninth instanceof Error ? ninth.code : `answered by ${ninth.host}`;
  narrator.kernel('client', [`${outcome} after ${elapsed.toFixed(0)} ms`]);
  narrator.check('the ninth connection is refused', outcome, 'ECONNREFUSED');
  narrator.check(`that took less than ${atOnce} ms`, elapsed < atOnce, true);

  narrator.kernel('vm1', await serviceLines(ipvs));
  const dests = await ipvs.listDests('tcp://10.0.0.1:80');
  narrator.check(
    'each real server has four connections',
    dests.map(({ activeConnections }) => activeConnections),
    [4, 4],
  );
}

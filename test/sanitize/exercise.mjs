// @ts-check
// Opens one handle of each kind that this kernel has, makes, reads and removes things, and closes it: by
// plain Node, so that what is never freed shows. exercise.mjs PACKAGE NAME…; each is done several times.
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

// Programs that are started from here need no sanitizer.
delete process.env['LD_PRELOAD'];

const times = 3;
const [, , folder = '', ...names] = process.argv;
/** @param {string} name */
const load = (name) => import(pathToFileURL(path.join(folder, 'dist', name, 'index.js')).href);

/** @param {number} count */
async function sendDatagrams(count) {
  const socket = createSocket('udp4');
  for (let i = 0; i < count; i++) {
    await new Promise((resolve) => socket.send('hello', 9, '127.0.0.1', resolve));
  }
  socket.close();
}

/** @type {Record<string, () => Promise<void>>} */
const exercises = {
  async route() {
    const { Rtnl } = await load('route');
    const rtnl = await Rtnl.open();
    await rtnl.addLink({ name: 'left', kind: 'veth', peer: { name: 'right' }, up: true });
    const watch = await rtnl.watch({ addresses: true }).ready();
    await Promise.allSettled([
      ...Array.from({ length: 50 }, () =>
        rtnl.addAddress({ device: 'left', address: '10.0.1.1/24' }),
      ),
      rtnl.addAddress({ device: 'nowhere', address: '10.0.1.1/24' }),
    ]);
    await watch.next();
    await watch.close();
    await Promise.all([rtnl.listLinks(), rtnl.listAddresses(), rtnl.listRoutes()]);
    await Promise.all([rtnl.listRules(), rtnl.listNeighbours()]);
    await rtnl.removeLink('left');
    await rtnl.close();
  },

  async capture() {
    const { capture } = await load('capture');
    for (const immediate of [false, true]) {
      const frames = capture({ device: 'lo', immediate, filter: { host: '127.0.0.1' } });
      await frames.ready();
      await sendDatagrams(20);
      await frames.close();
      for await (const frame of frames) if (frame.bytes.length === 0) throw new Error('no bytes');
      await frames.stats();
    }
    const frames = capture({ device: 'nowhere' });
    await frames.ready().catch(() => undefined);
    await frames.close();
  },

  async netns() {
    const { createNetns, listNetns, openListener, removeNetns } = await load('netns');
    await createNetns('sanitize');
    await listNetns();
    const listener = await openListener({ netns: 'sanitize', address: '0.0.0.0', port: 80 });
    execFileSync('true', { stdio: [listener, 'ignore', 'ignore'] });
    await removeNetns('sanitize');
  },

  async nat() {
    const { Nat } = await load('nat');
    for (const backend of ['legacy', 'iptables-nft', 'nftables']) {
      const nat = await Nat.open({ backend });
      await nat.addRedirect({ destination: '10.0.0.1', protocol: 'tcp', destinationPort: 80 });
      await nat.addRedirect({ destination: '10.0.0.1' });
      await Promise.all([nat.listRules(), nat.listChains()]);
      await nat.removeRedirect({ destination: '10.0.0.9' }).catch(() => undefined);
      await nat.flush();
      await nat.close();
    }
  },

  async ipvs() {
    const { Ipvs, IpvsReader } = await load('.');
    const ipvs = await Ipvs.open();
    const name = 'tcp://10.0.0.1:80';
    await ipvs.addService({ protocol: 'tcp', address: '10.0.0.1', port: 80, scheduler: 'rr' });
    const additions = Array.from({ length: 200 }, (_, index) =>
      ipvs.addDest(name, { address: `10.0.1.${index % 100}`, fwd: 'dr' }),
    );
    await Promise.allSettled(additions);
    await Promise.all([ipvs.snapshot(), ipvs.getTimeouts(), ipvs.getService(name)]);
    for await (const connection of ipvs.listConnections()) if (!connection) break;
    const signal = AbortSignal.abort();
    await ipvs.addService({ fwmark: 7, family: 'ipv4' }, { signal }).catch(() => undefined);
    await ipvs.flush();
    await ipvs.close();
    const reader = await IpvsReader.open();
    await reader.listServices();
    await reader.close();
  },

  /** A thread that ends with a handle open and work in flight. */
  async worker() {
    const module = pathToFileURL(path.join(folder, 'dist/route/index.js')).href;
    const code = `const { Rtnl } = await import('${module}');
      const rtnl = await Rtnl.open();
      postMessage('open');
      for (;;) await rtnl.listLinks();`;
    const source = `const { parentPort } = require('node:worker_threads');
      globalThis.postMessage = (text) => parentPort.postMessage(text);
      import('data:text/javascript,' + encodeURIComponent(${JSON.stringify(code)}));`;
    const worker = new Worker(source, { eval: true });
    await new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    await worker.terminate();
  },
};

execFileSync('ip', ['link', 'set', 'lo', 'up']);
for (const name of names) {
  const exercise = exercises[name];
  if (exercise === undefined) throw new Error(`unknown: ${name}`);
  for (let i = 0; i < times; i++) await exercise();
  console.log(`exercised: ${name}`);
}

// @ts-check
import { Ipvs } from 'lvs';
import { openProbeSocket } from 'lvs/netns';
import { inNamespace } from './tally.mjs';

const handleCount = 3;
/** Services that each handle works on; no other handle does. */
const serviceCount = 25;
const destCount = 6;
const schedulers = ['rr', 'wrr', 'lc', 'wlc', 'sh'];
/** A service that no random operation touches, with a destination here, so that there are connections. */
const trafficPort = 9000;
const vip = '10.0.0.1';

/** @typedef {{ scheduler: string, dests: Map<string, number> }} Model */

/** Services and destinations of one namespace, from several handles at once. */
export class Services {
  #netns;
  #random;
  #tally;
  /** @type {Ipvs[]} */
  #handles = [];
  /** What there has to be, by the service's name. @type {Map<string, Model>} */
  #model = new Map();

  /**
   * @param {string} netns
   * @param {import('./random.mjs').Random} random
   * @param {import('./tally.mjs').Tally} tally
   */
  constructor(netns, random, tally) {
    this.#netns = netns;
    this.#random = random;
    this.#tally = tally;
  }

  async open() {
    for (let i = 0; i < handleCount; i++)
      this.#handles.push(await Ipvs.open({ netns: this.#netns }));
    const traffic = { protocol: /** @type {const} */ ('tcp'), address: vip, port: trafficPort };
    await this.#handles[0]?.addService({ ...traffic, scheduler: 'rr' });
    await this.#handles[0]?.addDest(traffic, { address: '127.0.0.1', fwd: 'nat' });
  }

  /** Operations of all handles at once: those on one service in order, services beside each other. */
  async round() {
    const work = this.#handles.flatMap((ipvs, index) => [
      ...this.#random
        .some(serviceCount, 12)
        .map((each) => this.#work(ipvs, index * 100 + each + 1)),
      this.#read(ipvs),
    ]);
    await Promise.all([...work, this.#connect(), this.#reopen(), this.#abort()]);
  }

  /**
   * A few operations on one service.
   * @param {Ipvs} ipvs
   * @param {number} number
   */
  async #work(ipvs, number) {
    const name = number % 2 === 0 ? `fwmark:${number}` : `tcp://${vip}:${number}`;
    for (let left = 1 + this.#random.below(4); left > 0; left--) {
      if (this.#random.below(3) === 0) await this.#changeService(ipvs, name);
      else await this.#changeDest(ipvs, name);
    }
  }

  /**
   * @param {Ipvs} ipvs
   * @param {string} name
   */
  async #changeService(ipvs, name) {
    const scheduler = this.#random.of(schedulers);
    const model = this.#model.get(name);
    const key = keyOf(name);
    const kind = this.#random.of(
      /** @type {const} */ (['add', 'add', 'update', 'ensure', 'remove']),
    );
    if (kind === 'add') {
      const expected = model === undefined ? 'done' : 'EEXIST';
      await this.#tally.expect(`add ${name}`, expected, ipvs.addService({ ...key, scheduler }));
      if (model === undefined) this.#model.set(name, { scheduler, dests: new Map() });
    } else if (kind === 'ensure') {
      await this.#tally.expect(`ensure ${name}`, 'done', ipvs.ensureService({ ...key, scheduler }));
      this.#model.set(name, { scheduler, dests: model?.dests ?? new Map() });
    } else {
      const call =
        kind === 'update' ? ipvs.updateService(key, { scheduler }) : ipvs.removeService(key);
      await this.#tally.expect(`${kind} ${name}`, model === undefined ? 'ESRCH' : 'done', call);
      if (kind === 'remove') this.#model.delete(name);
      else if (model !== undefined) model.scheduler = scheduler;
    }
  }

  /**
   * @param {Ipvs} ipvs
   * @param {string} name
   */
  async #changeDest(ipvs, name) {
    const address = `10.1.0.${1 + this.#random.below(destCount)}`;
    const weight = this.#random.below(100);
    const key = keyOf(name);
    const dests = this.#model.get(name)?.dests;
    const there = dests?.has(address) === true;
    const kind = this.#random.of(
      /** @type {const} */ (['add', 'add', 'update', 'ensure', 'remove', 'get']),
    );
    const dest = { address, port: 80 };
    /** @param {Promise<unknown>} call @param {string} otherwise */
    const expect = (call, otherwise) =>
      this.#tally.expect(
        `${kind} ${address} of ${name}`,
        dests === undefined ? 'ESRCH' : otherwise,
        call,
      );
    if (kind === 'add') {
      await expect(ipvs.addDest(key, { ...dest, weight }), there ? 'EEXIST' : 'done');
      if (!there) dests?.set(address, weight);
    } else if (kind === 'ensure') {
      await expect(ipvs.ensureDest(key, { ...dest, weight }), 'done');
      dests?.set(address, weight);
    } else if (kind === 'update') {
      await expect(ipvs.updateDest(key, dest, { weight }), there ? 'done' : 'ENOENT');
      if (there) dests?.set(address, weight);
    } else if (kind === 'remove') {
      await expect(ipvs.removeDest(key, dest), there ? 'done' : 'ENOENT');
      dests?.delete(address);
    } else {
      const got = ipvs.getDest(key, dest).then((found) => {
        if (found?.weight !== dests?.get(address))
          this.#tally.fail(`got ${address} of ${name}: ${found?.weight}`);
      });
      await expect(got, 'done');
    }
  }

  /** @param {Ipvs} ipvs */
  async #read(ipvs) {
    const kind = this.#random.below(4);
    const listed = async () => {
      for await (const _ of ipvs.listConnections({ limit: 50 }));
    };
    const call = [() => ipvs.snapshot(), () => ipvs.listServices(), () => ipvs.stats(), listed][
      kind
    ];
    await this.#tally.expect('read', 'done', Promise.resolve(call?.()));
  }

  /** A client that is refused leaves a connection behind. */
  async #connect() {
    if (this.#random.below(4) !== 0) return;
    const socket = await openProbeSocket({ netns: this.#netns });
    await new Promise((resolve) => {
      socket
        .once('error', resolve)
        .once('connect', resolve)
        .setTimeout(500, () => socket.destroy());
      socket.once('close', resolve).connect(trafficPort, vip);
    });
    socket.destroy();
    this.#tally.operations++;
  }

  /** A handle that is closed in the middle of reading. */
  async #reopen() {
    if (this.#random.below(5) !== 0) return;
    const ipvs = await Ipvs.open({ netns: this.#netns });
    const reading = Promise.allSettled([ipvs.snapshot(), ipvs.listServices(), ipvs.getTimeouts()]);
    await ipvs.close();
    await reading;
    this.#tally.operations += 3;
  }

  /** Calls that somebody gives up; what they would have changed is nobody else's. */
  async #abort() {
    if (this.#random.below(5) !== 0) return;
    const control = new AbortController();
    const { signal } = control;
    const [ipvs] = this.#handles;
    const calls = [1, 2, 3].map(() => ipvs?.listServices({ signal }));
    const ensured = ipvs?.ensureService({ fwmark: 5000 }, { signal });
    const all = Promise.allSettled([...calls, ensured]);
    if (this.#random.below(2) === 0) await new Promise((resolve) => setImmediate(resolve));
    control.abort();
    await all;
    this.#tally.operations += 4;
    await ipvs?.removeService({ fwmark: 5000 }).catch(() => undefined);
  }

  /** Compares the model, what the library lists and what ipvsadm shows. */
  async check() {
    const theirs = (await inNamespace(this.#netns, 'ipvsadm', '-Sn')).trim().split('\n').sort();
    this.#tally.compare('ipvsadm', this.#netns, this.#lines(), theirs);
    const saved = ((await this.#handles[1]?.save()) ?? '').trim().split('\n').sort();
    this.#tally.compare('ipvsadm', `${this.#netns}, saved`, saved, theirs);
    await this.#checkConnections();
  }

  /** Connections end by themselves; those that are there before and after are there between. */
  async #checkConnections() {
    const before = await this.#clients();
    const shown = await inNamespace(this.#netns, 'ipvsadm', '-Lnc');
    const after = await this.#clients();
    const stayed = before.filter((client) => after.includes(client));
    const seen = stayed.filter((client) => shown.includes(` ${client} `));
    this.#tally.compare('ipvsadm', `${this.#netns}, connections`, stayed, seen);
  }

  async #clients() {
    const clients = [];
    for await (const { client } of this.#handles[2]?.listConnections() ?? []) {
      clients.push(`${client.address}:${client.port}`);
    }
    return clients;
  }

  #lines() {
    const lines = [`-A -t ${vip}:${trafficPort} -s rr`];
    lines.push(`-a -t ${vip}:${trafficPort} -r 127.0.0.1:${trafficPort} -m -w 1`);
    for (const [name, { scheduler, dests }] of this.#model) {
      const words = name.replace('fwmark:', '-f ').replace('tcp://', '-t ');
      lines.push(`-A ${words} -s ${scheduler}`);
      for (const [address, weight] of dests) {
        lines.push(`-a ${words} -r ${address}:80 -g -w ${weight}`);
      }
    }
    return lines.sort();
  }

  async close() {
    await Promise.all(this.#handles.map((ipvs) => ipvs.close()));
  }
}

/** @param {string} name */
function keyOf(name) {
  const number = Number(/\d+$/.exec(name)?.[0]);
  if (name.startsWith('fwmark')) return { fwmark: number };
  return { protocol: /** @type {const} */ ('tcp'), address: vip, port: number };
}

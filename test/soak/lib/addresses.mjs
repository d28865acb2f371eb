// @ts-check
import { Rtnl } from 'lvs/route';
import { inNamespace } from './tally.mjs';

const devices = ['d0', 'd1'];
/** Addresses of each device. */
const addressCount = 30;

/** Addresses of one namespace's devices, each device from a handle of its own. */
export class Addresses {
  #netns;
  #random;
  #tally;
  /** @type {Rtnl[]} */
  #handles = [];
  /** `d0 10.2.0.1` @type {Set<string>} */
  #model = new Set();

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
    for (const name of devices) {
      const route = await Rtnl.open({ netns: this.#netns });
      await route.addLink({ kind: 'dummy', name });
      await route.updateLink(name, { up: true });
      this.#handles.push(route);
    }
    await this.#handles[0]?.updateLink('lo', { up: true });
    await this.#handles[0]?.addAddress({ device: 'lo', address: '10.0.0.1/32' });
  }

  async round() {
    const work = this.#handles.flatMap((route, index) => [
      ...this.#random.some(addressCount, 10).map((number) => this.#work(route, index, number)),
      this.#tally.expect('list links', 'done', route.listLinks()),
      this.#tally.expect('list routes', 'done', route.listRoutes()),
    ]);
    await Promise.all(work);
  }

  /**
   * @param {Rtnl} route
   * @param {number} index
   * @param {number} number
   */
  async #work(route, index, number) {
    const device = devices[index] ?? '';
    const address = `10.${2 + index}.0.${number + 1}/32`;
    const key = `${device} ${address}`;
    for (let left = 1 + this.#random.below(3); left > 0; left--) {
      const there = this.#model.has(key);
      const kind = this.#random.of(/** @type {const} */ (['add', 'ensure', 'remove']));
      if (kind === 'add') {
        const call = route.addAddress({ device, address });
        await this.#tally.expect(`add ${key}`, there ? 'EEXIST' : 'done', call);
        this.#model.add(key);
      } else if (kind === 'ensure') {
        await this.#tally.expect(`ensure ${key}`, 'done', route.ensureAddress({ device, address }));
        this.#model.add(key);
      } else {
        const call = route.removeAddress({ device, address });
        await this.#tally.expect(`remove ${key}`, there ? 'done' : 'EADDRNOTAVAIL', call);
        this.#model.delete(key);
      }
    }
  }

  /** Compares the model, what the library lists and what `ip` shows. */
  async check() {
    const shown = JSON.parse(await inNamespace(this.#netns, 'ip', '-j', '-4', 'address', 'show'));
    const theirs = shown
      .flatMap((/** @type {any} */ { ifname, addr_info }) =>
        addr_info.map(
          (/** @type {any} */ { local, prefixlen }) => `${ifname} ${local}/${prefixlen}`,
        ),
      )
      .filter((/** @type {string} */ line) => !line.startsWith('lo'))
      .sort();
    this.#tally.compare('ip', this.#netns, [...this.#model].sort(), theirs);
    const listed = (await this.#handles[0]?.listAddresses({ family: 'ipv4' })) ?? [];
    const ours = listed.map(({ device, address }) => `${device} ${address}`);
    this.#tally.compare(
      'ip',
      `${this.#netns}, listed`,
      ours.filter((line) => !line.startsWith('lo')).sort(),
      theirs,
    );
  }

  async close() {
    await Promise.all(this.#handles.map((route) => route.close()));
  }
}

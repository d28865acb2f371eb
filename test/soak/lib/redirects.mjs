// @ts-check
import { Nat } from 'lvs/nat';
import { inNamespace } from './tally.mjs';

const ruleCount = 12;

/** REDIRECT rules of one namespace on the legacy tables, from two handles. */
export class Redirects {
  #netns;
  #random;
  #tally;
  /** @type {Nat[]} */
  #handles = [];
  /** @type {Set<string>} */
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
    for (let i = 0; i < 2; i++) {
      this.#handles.push(await Nat.open({ netns: this.#netns, backend: 'legacy' }));
    }
  }

  async round() {
    await Promise.all(this.#handles.map((nat, index) => this.#work(nat, index)));
  }

  /**
   * @param {Nat} nat
   * @param {number} index
   */
  async #work(nat, index) {
    const destination = `10.3${index}.0.${1 + this.#random.below(ruleCount)}`;
    const there = this.#model.has(destination);
    const kind = this.#random.of(/** @type {const} */ (['add', 'ensure', 'remove', 'list']));
    if (kind === 'add') {
      const call = nat.addRedirect({ destination });
      await this.#tally.expect(`redirect ${destination}`, there ? 'EEXIST' : 'done', call);
    } else if (kind === 'ensure') {
      const call = nat.ensureRedirect({ destination });
      await this.#tally.expect(`ensure redirect ${destination}`, 'done', call);
    } else if (kind === 'remove') {
      const call = nat.removeRedirect({ destination });
      await this.#tally.expect(`remove redirect ${destination}`, there ? 'done' : 'ENOENT', call);
      this.#model.delete(destination);
      return;
    } else {
      return await this.#tally.expect('list rules', 'done', nat.listRules());
    }
    this.#model.add(destination);
  }

  async check() {
    const text = await inNamespace(this.#netns, 'iptables-legacy-save', '-t', 'nat');
    const theirs = text.split('\n').filter((line) => line.startsWith('-A'));
    const wanted = [...this.#model].map((each) => `-A PREROUTING -d ${each}/32 -j REDIRECT`);
    this.#tally.compare('iptables-save', this.#netns, wanted.sort(), theirs.sort());
  }

  async close() {
    await Promise.all(this.#handles.map((nat) => nat.close()));
  }
}

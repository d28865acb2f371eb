import { setTimeout as sleep } from 'node:timers/promises';
import type { Destination, Ipvs, Service } from 'lvs';
import type { ProbeSettings } from './probe.js';
import { probe } from './probe.js';
import type { ProbeService } from './probe-services.js';
import { addProbeService, freeMark, keyOf, listProbeServices } from './probe-services.js';

export interface CheckerSettings extends ProbeSettings {
  /** First of the firewall marks that are the checker's own; each real server gets one. */
  readonly firstMark: number;
  /** Milliseconds between two rounds. */
  readonly interval: number;
  /** How many probes in a row have to succeed until a real server gets its weight back. */
  readonly rise: number;
  /** How many in a row have to fail until it loses its weight. */
  readonly fall: number;
  /** Told what has changed, in a sentence. */
  readonly report: (sentence: string) => void;
}

/** What is known of a real server beside what the kernel knows. */
interface Health {
  /** Its weight was not 0 when it was last looked at. */
  up: boolean;
  /** Probes in a row that speak for the other state. */
  against: number;
}

/**
 * Takes the weight of real servers that are not well, and gives it back. What has to outlast the
 * checker is in the kernel: whether a real server is in use (its weight), whether it is the
 * checker's business (it has a probe service), and what weight it is to have (that one's).
 */
export class HealthChecker {
  readonly #ipvs: Ipvs;
  readonly #service: Service;
  readonly #settings: CheckerSettings;
  readonly #health = new Map<string, Health>();

  constructor(ipvs: Ipvs, service: Service, settings: CheckerSettings) {
    this.#ipvs = ipvs;
    this.#service = service;
    this.#settings = settings;
  }

  /** Checks until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { report } = this.#settings;
    while (!signal.aborted) {
      // Somebody may remove a destination in the middle of a round; the next one sees the rest.
      await this.round().catch((error: unknown) => report(`this round failed: ${error}`));
      await sleep(this.#settings.interval, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Looks at the kernel, probes every real server once, and does what follows from that. */
  async round(): Promise<void> {
    const { firstMark } = this.#settings;
    const dests = await this.#ipvs.listDests(this.#service);
    const probes = await listProbeServices(this.#ipvs, firstMark);
    const keys = new Set(dests.map(keyOf));
    for (const [key, { mark }] of probes) if (!keys.has(key)) await this.#forget(key, mark);
    for (const dest of dests) {
      const key = keyOf(dest);
      const known = await this.#adopt(dest, probes);
      if (known === undefined) probes.delete(key);
      else probes.set(key, known);
    }
    const work = dests.flatMap((dest) => {
      const known = probes.get(keyOf(dest));
      return known === undefined ? [] : [this.#examine(dest, known)];
    });
    await Promise.all(work);
  }

  /** The probe service of a destination, unless that is not the checker's business. */
  async #adopt(
    dest: Destination,
    probes: ReadonlyMap<string, ProbeService>,
  ): Promise<ProbeService | undefined> {
    const key = keyOf(dest);
    const known = probes.get(key);
    const health = this.#health.get(key);
    if (known === undefined) {
      // Somebody else has taken its weight: it is being drained, or not in use yet.
      if (dest.weight === 0) return undefined;
      this.#settings.report(`${key} is watched`);
      const mark = freeMark(this.#settings.firstMark, probes.values());
      return await addProbeService(this.#ipvs, this.#service, mark, dest);
    }
    if (dest.weight === 0 && health?.up === true) {
      this.#settings.report(`${key} is left to whoever has set its weight to 0`);
      await this.#forget(key, known.mark);
      return undefined;
    }
    if (dest.weight !== 0 && dest.weight !== known.dest.weight) {
      await this.#ipvs.updateDest({ fwmark: known.mark, family: this.#service.family }, dest, {
        weight: dest.weight,
      });
    }
    return known;
  }

  async #forget(key: string, mark: number): Promise<void> {
    this.#health.delete(key);
    await this.#ipvs.removeService({ fwmark: mark, family: this.#service.family });
  }

  async #examine(dest: Destination, { mark, dest: { weight } }: ProbeService): Promise<void> {
    const { rise, fall, report } = this.#settings;
    const key = keyOf(dest);
    const health = this.#health.get(key) ?? { up: false, against: 0 };
    health.up = dest.weight !== 0;
    this.#health.set(key, health);

    const problem = await probe(mark, this.#settings);
    const isWell = problem === undefined;
    health.against = isWell === health.up ? 0 : health.against + 1;
    if (health.against < (health.up ? fall : rise)) return;

    await this.#ipvs.updateDest(this.#service, dest, { weight: isWell ? weight : 0 });
    health.up = isWell;
    health.against = 0;
    report(isWell ? `${key} is up` : `${key} is down: ${problem.message}`);
  }
}

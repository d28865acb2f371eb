import { Ipvs } from '../ipvs/index.js';
import type { NatOptions } from '../nat/index.js';
import { Nat } from '../nat/index.js';
import type { CallOptions } from '../options/index.js';
import { inNetnsFile } from '../options/index.js';
import { Fou, Rtnl } from '../route/index.js';
import { Sysctl } from '../sysctl/index.js';

/** The handles of one preparation, all in its namespace, opened when they are first needed. */
export class Tools implements AsyncDisposable {
  readonly options: CallOptions;
  readonly #netnsFile: string;
  readonly #open = new Map<string, Promise<AsyncDisposable>>();

  constructor(netnsFile: string, options: CallOptions) {
    this.#netnsFile = netnsFile;
    this.options = options;
  }

  route(): Promise<Rtnl> {
    return this.#handle('route', () => Rtnl.open(this.options));
  }

  sysctl(): Promise<Sysctl> {
    return this.#handle('sysctl', () => Sysctl.open(this.options));
  }

  fou(): Promise<Fou> {
    return this.#handle('fou', () => Fou.open(this.options));
  }

  ipvs(): Promise<Ipvs> {
    return this.#handle('ipvs', () => Ipvs.open(this.options));
  }

  nat(backend: NonNullable<NatOptions['backend']>): Promise<Nat> {
    return this.#handle(`nat ${backend}`, () => Nat.open({ backend, ...this.options }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const handles = await Promise.allSettled(this.#open.values());
    for (const handle of handles) {
      if (handle.status === 'fulfilled') await handle.value[Symbol.asyncDispose]();
    }
  }

  #handle<T extends AsyncDisposable>(name: string, open: () => Promise<T>): Promise<T> {
    const there = this.#open.get(name) as Promise<T> | undefined;
    if (there !== undefined) return there;
    const opened = inNetnsFile(this.#netnsFile, open);
    this.#open.set(name, opened);
    return opened;
  }
}

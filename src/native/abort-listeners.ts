/**
 * Which requests an `AbortSignal` would end. However many share a signal, it gets one listener:
 * Node warns of a leak beyond ten.
 */
export class AbortListeners {
  readonly #signals = new Map<AbortSignal, { ids: Set<number>; stop: () => void }>();
  readonly #onAbort: (id: number, reason: unknown) => void;

  constructor(onAbort: (id: number, reason: unknown) => void) {
    this.#onAbort = onAbort;
  }

  add(signal: AbortSignal, id: number): void {
    const known = this.#signals.get(signal);
    if (known !== undefined) {
      known.ids.add(id);
      return;
    }
    const ids = new Set([id]);
    const abort = (): void => {
      this.#signals.delete(signal);
      for (const each of ids) this.#onAbort(each, signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    this.#signals.set(signal, { ids, stop: () => signal.removeEventListener('abort', abort) });
  }

  delete(signal: AbortSignal, id: number): void {
    const known = this.#signals.get(signal);
    known?.ids.delete(id);
    if (known?.ids.size !== 0) return;
    known.stop();
    this.#signals.delete(signal);
  }
}

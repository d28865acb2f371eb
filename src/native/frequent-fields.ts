import type { FieldDescription } from './addon.js';
import { AddressField, TextField } from './fields.js';
import type { Results } from './results.js';

/** What a field remembers: enough for most listings, and little enough not to count. */
const mostTexts = 32;
const mostAddresses = 1024;

/** A text of up to 16 bytes that is one of few in most listings, such as a state. */
export class FrequentTextField extends TextField {
  readonly #seen: { readonly words: readonly [number, number, number, number]; text: string }[] =
    [];

  constructor(description: FieldDescription) {
    super(description);
    if (description.size !== 16) throw new TypeError(`field ${this.name} has not 16 bytes`);
  }

  override read(rows: Results, at: number): string {
    const { view } = rows;
    const place = at + this.offset;
    const a = view.getUint32(place, true);
    const b = view.getUint32(place + 4, true);
    const c = view.getUint32(place + 8, true);
    const d = view.getUint32(place + 12, true);
    for (const { words, text } of this.#seen) {
      if (words[0] === a && words[1] === b && words[2] === c && words[3] === d) return text;
    }
    const text = super.read(rows, at);
    if (this.#seen.length < mostTexts) this.#seen.push({ words: [a, b, c, d], text });
    return text;
  }
}

/** An address that many rows of a listing have in common, such as that of a real server. */
export class FrequentAddressField extends AddressField {
  readonly #seen = new Map<number, string>();

  override read(rows: Results, at: number, family?: 'ipv4' | 'ipv6'): string {
    if (family === 'ipv6' || (family === undefined && this.length(rows, at) !== 4)) {
      return super.read(rows, at, family);
    }
    const number = rows.view.getUint32(at + this.offset + 4);
    const known = this.#seen.get(number);
    if (known !== undefined) return known;
    const text = super.read(rows, at, 'ipv4');
    if (this.#seen.size < mostAddresses) this.#seen.set(number, text);
    return text;
  }
}

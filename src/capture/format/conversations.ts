interface Start {
  sequence: number;
  acknowledgement: number;
}

/** Where a segment stands in its conversation. */
export interface Place {
  readonly sequence: number;
  readonly acknowledgement: number;
  /** What selective acknowledgements count from. */
  readonly acknowledgedStart: number;
}

/**
 * The first sequence numbers of the TCP conversations seen so far, both directions of one under one
 * key, as tcpdump keeps them.
 */
export class Conversations {
  readonly #starts = new Map<string, Start>();

  /** Looks up, or begins, the conversation of a segment that has an acknowledgement. */
  place(
    source: string,
    destination: string,
    reverse: boolean,
    syn: boolean,
    sequence: number,
    acknowledgement: number,
  ): Place {
    const key = reverse ? `${destination} ${source}` : `${source} ${destination}`;
    const known = this.#starts.get(key);
    if (known === undefined || syn) {
      const expected = (acknowledgement - 1) >>> 0;
      const start = reverse
        ? { sequence: expected, acknowledgement: sequence }
        : { sequence, acknowledgement: expected };
      this.#starts.set(key, start);
      const acknowledgedStart = reverse ? start.sequence : start.acknowledgement;
      return { sequence, acknowledgement, acknowledgedStart };
    }
    const [own, other] = reverse
      ? [known.acknowledgement, known.sequence]
      : [known.sequence, known.acknowledgement];
    return {
      sequence: (sequence - own) >>> 0,
      acknowledgement: (acknowledgement - other) >>> 0,
      acknowledgedStart: other,
    };
  }
}

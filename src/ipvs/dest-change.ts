import type { Arena } from '../native/index.js';
import type { Change } from './core.js';
import type { ResolvedDest } from './dest-name.js';
import { destName } from './dest-name.js';
import { writeDest } from './dest-record.js';
import type { FullDestSettings } from './dest-settings.js';
import type { ResolvedService } from './service-name.js';
import { writeServiceKey } from './service-record.js';
import type { IpvsTables } from './tables.js';

/** A destination and the service it belongs to. */
export interface Place {
  readonly service: ResolvedService;
  readonly dest: ResolvedDest;
}

/** What a destination is written through, the same for all of a handle. */
export interface DestWriter {
  readonly tables: IpvsTables;
  isThere(place: Place, settings: FullDestSettings): Promise<boolean>;
}

/** A destination being written: ten thousand of these wait at once, so it holds little. */
export class DestChange implements Change, Place {
  readonly operation: string;
  readonly service: ResolvedService;
  readonly dest: ResolvedDest;
  readonly #settings: FullDestSettings;
  readonly #writer: DestWriter;

  constructor(
    operation: string,
    { service, dest }: Place,
    settings: FullDestSettings,
    writer: DestWriter,
  ) {
    this.operation = operation;
    this.service = service;
    this.dest = dest;
    this.#settings = settings;
    this.#writer = writer;
  }

  get object(): string {
    return objectOf(this);
  }

  write(arena: Arena): void {
    const { service, dest } = this.#writer.tables;
    writeServiceKey(service, arena, this.service);
    writeDest(dest, arena, this.dest, this.#settings);
  }

  isDone(): Promise<boolean> {
    return this.#writer.isThere(this, this.#settings);
  }
}

/** How messages name it. */
export function objectOf({ service, dest }: Place): string {
  return `${destName(dest)} of ${service.name}`;
}

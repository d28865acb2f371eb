/** A number that has a name in the field: `{ value: 6, name: 'tcp' }`. */
export interface Choice {
  readonly value: number;
  readonly name: string;
}

/** Where a field lies in its record, and what is there. */
export interface FieldDescription {
  readonly name: string;
  readonly storage: 'u8' | 'u16' | 'u32' | 's32' | 'u64' | 'flags' | 'text' | 'address' | 'bytes';
  /** Bytes from the start of the record. */
  readonly offset: number;
  /** Bytes in the record. */
  readonly size: number;
  /** Number of its presence bit. */
  readonly bit: number;
  readonly choices: readonly Choice[] | undefined;
}

export interface TableDescription {
  readonly name: string;
  /** Bytes of one record. */
  readonly size: number;
  readonly fields: readonly FieldDescription[];
}

export interface ProtocolDescription {
  readonly tables: readonly TableDescription[];
  readonly operations: readonly { readonly name: string; readonly read: boolean }[];
}

/** The addon's own object for a handle; nothing can be read from it. */
export interface NativeHandle {
  readonly __nativeHandle: never;
}

/**
 * Gets a buffer that begins with `size` bytes of result blocks and is used again for the next ones,
 * and `undefined` as its last call. Where it has to `pause`, it gets the next ones only when
 * `deliverNext` is called, which is for another turn of the event loop.
 */
export type OnResults = (results: ArrayBuffer | undefined, size: number, pause: boolean) => void;

/** What `native/addon/module.cc` exports. */
export interface Addon {
  describe(protocol: string): ProtocolDescription;
  /**
   * Starts the handle's thread. A negative errno where there was no thread or descriptor to be had.
   */
  open(protocol: string, netns: string, onResults: OnResults): NativeHandle | number;
  submit(handle: NativeHandle, requests: Uint8Array): void;
  cancel(handle: NativeHandle, id: number): void;
  /** Calls back with the next results, if there are any. */
  deliverNext(handle: NativeHandle, onResults: OnResults): void;
  /** The buffer that `onResults` got last is not used again. */
  keepResults(handle: NativeHandle): void;
  /** Gives the memory of a kept buffer back. Views of it have no bytes from then on. */
  readonly detachResults: (results: ArrayBuffer) => void;
  /** Whether the handle keeps the process alive. */
  reference(handle: NativeHandle, referenced: boolean): void;
  /**
   * Fills in a record of nat's table `endpoint` for a socket that this thread holds open; 0 or a
   * negative errno.
   */
  originalDestination(descriptor: number, record: Uint8Array): number;
  close(handle: NativeHandle): void;
}

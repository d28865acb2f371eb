import { writeAddress } from '../../address/index.js';

const ethernetHeader = 14;

/** An Ethernet frame of one payload. */
export function ethernetFrame(
  destination: Uint8Array,
  source: Uint8Array,
  type: number,
  payload: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(ethernetHeader + payload.length);
  frame.set(destination);
  frame.set(source, 6);
  frame.set([type >> 8, type & 0xff], 12);
  frame.set(payload, ethernetHeader);
  return frame;
}

/** The 4 or 16 bytes of a valid address. */
export function addressBytes(address: string): Uint8Array {
  const view = new DataView(new ArrayBuffer(16));
  return new Uint8Array(view.buffer, 0, writeAddress(view, 0, address));
}

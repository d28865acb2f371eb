import type { Frame } from 'lvs/capture';

/** The first packet of a TCP connection over IPv4, as one frame carried it. */
export interface Opening {
  /** Where the frame went: `02:00:00:00:00:10`. */
  readonly macAddress: string;
  readonly client: string;
  readonly virtual: string;
}

/** Reads what an Ethernet frame says of the connection that it opens (RFC 791, RFC 9293). */
export function readOpening({ bytes }: Frame): Opening {
  const ethernet = Buffer.from(bytes);
  const ip = ethernet.subarray(14);
  const tcp = ip.subarray((ip.readUInt8(0) & 15) * 4);
  const mac = [...ethernet.subarray(0, 6)].map((byte) => byte.toString(16).padStart(2, '0'));
  return {
    macAddress: mac.join(':'),
    client: `${ip.subarray(12, 16).join('.')}:${tcp.readUInt16BE(0)}`,
    virtual: `${ip.subarray(16, 20).join('.')}:${tcp.readUInt16BE(2)}`,
  };
}

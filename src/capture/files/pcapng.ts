/** Numbers of the pcapng format (draft-ietf-opsawg-pcapng). */
export const blockTypes = {
  section: 0x0a_0d_0d_0a,
  interface: 1,
  simplePacket: 3,
  statistics: 5,
  packet: 6,
  /** Not a type: what a section begins with, by which its byte order is told. */
  byteOrder: 0x1a_2b_3c_4d,
} as const;

/** Options, by the blocks that have them. */
export const optionCodes = {
  interfaceName: 2,
  timeResolution: 9,
  timeOffset: 14,
  packetFlags: 2,
  received: 4,
  dropped: 5,
} as const;

/** Powers of ten. */
export const nanosecondResolution = 9;

/** Sizes and numbers of `native/records/block.h`; everything crosses in little-endian order. */

/** Bytes of each kind of header. */
export const headers = { request: 16, result: 24, block: 8 } as const;

/** In place of a table's index: the block is text. */
export const textBlock = 0xff_ff;

/** In place of a table's index: the block is bytes. */
export const bytesBlock = 0xff_fe;

/** What a text block is about. */
export const textTag = { plain: 0, kernelMessage: 1, field: 2 } as const;

/** Bits of a result's flags. */
export const resultFlag = { more: 1, lost: 2, interrupted: 4, cancelled: 8, end: 16 } as const;

/** Request 0, which the thread makes by itself: its first word, and, once it was closed, its last. */
export const threadId = 0;

/** Text of every byte, plain and behind a dot: listings format addresses by the million. */
const octets = Array.from({ length: 256 }, (_, byte) => String(byte));
const tails = octets.map((octet) => `.${octet}`);

/** The text form of 4 or 16 bytes in network order, as `inet_ntop(3)` and RFC 5952 write it. */
export function formatAddress(view: DataView, at: number, length: number): string {
  if (length === 4) {
    const number = view.getUint32(at);
    return `${octets[number >>> 24]}${tails[(number >>> 16) & 255]}${tails[(number >>> 8) & 255]}${tails[number & 255]}`;
  }
  if (length !== 16) return '';
  const groups = Array.from({ length: 8 }, (_, index) => view.getUint16(at + index * 2));
  const dotted = dottedTail(view, at, groups);
  if (dotted !== undefined) return dotted;
  const [start, run] = longestZeros(groups);
  const hex = groups.map((group) => group.toString(16));
  if (run < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + run).join(':')}`;
}

/** IPv4-mapped and IPv4-compatible addresses end in dotted form. */
function dottedTail(view: DataView, at: number, groups: readonly number[]): string | undefined {
  const [start, run] = longestZeros(groups);
  const mapped = start === 0 && run === 5 && groups[5] === 0xff_ff;
  const compatible = start === 0 && run === 6;
  if (!mapped && !compatible) return undefined;
  return `${mapped ? '::ffff:' : '::'}${formatAddress(view, at + 12, 4)}`;
}

/** Start and length of the first longest run of zero groups. */
function longestZeros(groups: readonly number[]): [start: number, length: number] {
  let best: [number, number] = [0, 0];
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > best[1]) best = [start, index + 1 - start];
  }
  return best;
}

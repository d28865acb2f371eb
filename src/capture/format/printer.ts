import type { Packet } from '../packet.js';
import type { Carried } from './carried.js';
import type { Conversations } from './conversations.js';

/** Packets lie in packets, so printers reach one another through here. */
export interface Printers {
  /** Prints what has that Ethernet type; false when it is not known. */
  readonly byType: (to: Printer, type: number, at: number, length: number) => boolean;
  /** Prints what an IP packet carries. */
  readonly carried: (to: Printer, carried: Carried) => void;
}

/** One line in the making, and where in the frame it has got to. */
export class Printer {
  text = '';
  /** Whose header is being read: named when the frame ends before it does. */
  protocol = '';
  packet: Packet;
  readonly printers: Printers;
  /** TCP sequence numbers are printed relative to these; without, as they are. */
  readonly conversations: Conversations | undefined;

  constructor(packet: Packet, printers: Printers, conversations: Conversations | undefined) {
    this.packet = packet;
    this.printers = printers;
    this.conversations = conversations;
  }

  print(text: string): void {
    this.text += text;
  }

  /** What tcpdump prints where a frame ends early. */
  truncated(): void {
    this.text += ` [|${this.protocol}]`;
  }

  invalid(): void {
    this.text += ' (invalid)';
  }

  /** Runs `action` with nothing to be seen at and behind `end`. */
  within(end: number, action: () => void): void {
    const whole = this.packet;
    this.packet = whole.limit(end);
    action();
    this.packet = whole;
  }
}

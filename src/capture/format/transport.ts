import { etherType, ipProtocol } from '../numbers.js';
import type { Carried } from './carried.js';
import { printGre } from './gre.js';
import { printIcmp } from './icmp.js';
import { printIcmp6 } from './icmp6.js';
import type { Printer } from './printer.js';
import { printTcp } from './tcp.js';
import { printUdp } from './udp.js';

/** Prints what an IP packet carries. */
export function printTransport(to: Printer, carried: Carried): void {
  const { network, protocol, at, length } = carried;
  switch (protocol) {
    case ipProtocol.tcp:
      printTcp(to, carried);
      break;
    case ipProtocol.udp:
      printUdp(to, carried);
      break;
    case ipProtocol.icmp:
      if (network.version === 4) printIcmp(to, at, length);
      else wrongVersion(to, 'ICMP requires IPv4');
      break;
    case ipProtocol.icmpv6:
      if (network.version === 6) printIcmp6(to, at, length);
      else wrongVersion(to, 'ICMPv6 requires IPv6');
      break;
    case ipProtocol.ipv4:
      to.printers.byType(to, etherType.ipv4, at, length);
      break;
    case ipProtocol.ipv6:
      to.printers.byType(to, etherType.ipv6, at, length);
      break;
    case ipProtocol.gre:
      printGre(to, at, length);
      break;
    case ipProtocol.none:
      to.print('no next header');
      break;
    default:
      to.print(` ip-proto-${protocol} ${length}`);
  }
}

function wrongVersion(to: Printer, text: string): void {
  to.print(`[${text}]`);
  to.invalid();
}

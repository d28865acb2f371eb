import { KernelError } from '../errors/index.js';
import type { Failure } from '../native/index.js';
import type { CheckedSocket } from './socket-options.js';

interface Reason {
  readonly cause: string;
  readonly cure: string;
}

/** What the kernel says of one of the socket's settings, by the field and the errno. */
const reasons: { readonly [fieldAndCode in string]?: (socket: CheckedSocket) => Reason } = {
  'mark EPERM': () => ({
    cause: "setting a mark takes CAP_NET_ADMIN in the namespace's user namespace",
    cure: 'run as root, or give the program that capability',
  }),
  'device EPERM': () => ({
    cause: 'binding to a device takes CAP_NET_RAW before Linux 5.7',
    cure: 'run as root, or give the program that capability',
  }),
  'device ENODEV': ({ device }) => ({
    cause: `there is no device ${device} in the namespace`,
    cure: "see listLinks() of 'lvs/route'",
  }),
  'address EADDRNOTAVAIL': ({ address }) => ({
    cause: `no device in the namespace has the address ${address}`,
    cure: "add it with addAddress() of 'lvs/route'; an IPv6 address can be used a second later, when duplicate detection is done",
  }),
  'address EADDRINUSE': ({ port }) => ({
    cause: `port ${port} of that address is taken in the namespace`,
    cure: 'close what uses it, or choose another port',
  }),
  'address EACCES': ({ port }) => ({
    cause: `port ${port} takes CAP_NET_BIND_SERVICE`,
    cure: 'run as root, or choose a port from /proc/sys/net/ipv4/ip_unprivileged_port_start on',
  }),
  'address EINVAL': () => ({
    cause: 'a link-local address says nothing without the device that it is on',
    cure: 'name the device',
  }),
  'family EAFNOSUPPORT': ({ family }) => ({
    cause: `this kernel has no ${family}`,
    cure: 'load the module, or boot without ipv6.disable=1',
  }),
};

/** The error of a socket that could not be had. */
export function socketError(
  operation: string,
  socket: CheckedSocket,
  failure: Failure,
): KernelError {
  const { field } = failure;
  return new KernelError({
    operation,
    object: describeSocket(socket),
    errno: failure.errno,
    syscall: failure.stage ?? '',
    field: field === 'address' ? socket.addressOption : field,
    ...reasons[`${field} ${failure.code}`]?.(socket),
  });
}

/** `10.0.0.5:80 on eth0 in /run/netns/vm1` */
export function describeSocket({ family, address, port, device, netns }: CheckedSocket): string {
  const host = family === 'ipv6' && address !== undefined ? `[${address}]` : address;
  const name = [host ?? family, port].filter((part) => part !== undefined).join(':');
  const place = device === undefined ? '' : ` on ${device}`;
  return `${name}${place}${netns === '' ? '' : ` in ${netns}`}`;
}

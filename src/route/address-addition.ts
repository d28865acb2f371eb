import type { Arena, Failure } from '../native/index.js';
import type { CallOptions } from '../options/index.js';
import type { ResolvedAddress } from './address-config.js';
import { resolveAddress } from './address-config.js';
import { findAddress, subjectOf } from './addresses.js';
import type { Line, Write } from './line.js';
import { getLink } from './links.js';
import type { Explanation, Subject } from './subject.js';

/** RFC 8200, 5. */
const leastIpv6Mtu = 1280;

/** Not async: ten thousand of these wait at once, and each would keep a frame of its own. */
export function addAddress(line: Line, config: unknown, options: CallOptions): Promise<void> {
  try {
    return line.act(new AddressAddition(line, resolveAddress(config)), options);
  } catch (error) {
    return Promise.reject(error);
  }
}

/** An address being added: ten thousand of these wait at once, so it holds little. */
class AddressAddition implements Write {
  readonly #line: Line;
  readonly #address: ResolvedAddress;

  constructor(line: Line, address: ResolvedAddress) {
    this.#line = line;
    this.#address = address;
  }

  get operation(): string {
    return 'addAddress';
  }

  get subject(): Subject {
    const address = this.#address;
    return subjectOf('add address', address, (failure) => explain(this.#line, address, failure));
  }

  write(arena: Arena): void {
    this.#line.bound.address.write(arena, this.#address);
  }

  async isDone(): Promise<boolean> {
    return (await findAddress(this.#line, this.#address, {})) !== undefined;
  }
}

function explain(
  line: Line,
  address: ResolvedAddress,
  { code }: Failure,
): ReturnType<NonNullable<Subject['explain']>> {
  const { device, family } = address;
  if (code === 'EEXIST') return twin(line, address);
  if (code === 'ENOBUFS') return tooSmall(address);
  if (family === 'ipv4') return undefined;
  if (code === 'EINVAL') return noIpv6(line, address);
  if (code !== 'EACCES') return undefined;
  return {
    cause: `IPv6 is switched off on ${device}`,
    cure: `set net.ipv6.conf.${device}.disable_ipv6 to 0`,
  };
}

async function twin(line: Line, address: ResolvedAddress): Promise<Explanation> {
  const there = await findAddress(line, address, {});
  const label = there?.label === undefined ? '' : `, with label ${there.label}`;
  return {
    cause: `${address.device} has this address already${label}`,
    cure: 'remove it first, or use ensureAddress',
  };
}

/** The kernel has no address at all on a device that is too small for the protocol. */
function tooSmall({ device, family }: ResolvedAddress): Explanation {
  return { cause: `${device} takes no ${family} addresses`, cure: 'raise its mtu' };
}

/** Of IPv6 it does not say so. */
async function noIpv6(line: Line, address: ResolvedAddress): Promise<Explanation | undefined> {
  const link = await getLink(line, address.device, {});
  return link !== undefined && link.mtu < leastIpv6Mtu ? tooSmall(address) : undefined;
}

import { KernelError } from '../errors/index.js';
import type { CallOptions } from '../options/index.js';
import { checkObject, checkText } from '../options/index.js';
import { checkDevice } from './device.js';
import type { Line } from './line.js';
import type { ResolvedLink, ResolvedSettings } from './link-config.js';
import { resolveLink, resolvePatch } from './link-config.js';
import type { Link, LinkFilter } from './link-types.js';
import type { Explanation, Subject } from './subject.js';

const fieldNames = {
  hardwareAddress: 'macAddress',
  namespace: 'netns',
  peerNamespace: 'peer.netns',
  peerName: 'peer.name',
  peerMtu: 'peer.mtu',
  peerHardwareAddress: 'peer.macAddress',
};
const longestKind = 31;

export async function addLink(line: Line, config: unknown, options: CallOptions): Promise<void> {
  const link = resolveLink(config);
  try {
    await makeLink(line, link, options);
  } catch (error) {
    if (!isEncapsulated(link) || !(error instanceof KernelError) || error.code !== 'EINVAL') {
      throw error;
    }
    // The kernel does not look for what it lacks here, and does not say that it lacks it.
    await line.requestModule(encapsulationModule(link), options);
    await makeLink(line, link, options);
  }
}

async function makeLink(line: Line, link: ResolvedLink, options: CallOptions): Promise<void> {
  const { name, master, netns, peer, kind } = link;
  const lower = link.lower ?? (link.own['lower'] as string | undefined);
  const names = {
    master: master ?? undefined,
    lower,
    namespace: netns?.given,
    peerNamespace: peer?.netns?.given,
  };
  await line.act(
    {
      operation: 'addLink',
      write: (arena) => line.bound.link.writeNew(arena, link),
      subject: {
        operation: 'add link',
        object: `${name} (${kind})`,
        names,
        fields: fieldNames,
        explain: ({ code }) => refusal(code, link),
      },
      // A device that was made in another namespace can't be seen from here: EEXIST tells.
      isDone: async () => netns === undefined && (await getLink(line, name, {})) !== undefined,
    },
    options,
  );
}

export async function updateLink(
  line: Line,
  device: unknown,
  patch: unknown,
  options: CallOptions,
): Promise<void> {
  const name = checkDevice('device', device);
  const settings = resolvePatch(patch);
  const { master, netns } = settings;
  await line.act(
    {
      operation: 'setLink',
      write: (arena) => line.bound.link.writeChange(arena, name, settings),
      subject: linkSubject('update link', name, {
        names: { device: name, master: master ?? undefined, namespace: netns?.given },
        explain: ({ code, field }) => changeRefusal(code, field, name, settings),
      }),
      isDone: () => hasChanged(line, name, settings),
    },
    options,
  );
}

export async function removeLink(line: Line, device: unknown, options: CallOptions): Promise<void> {
  const name = checkDevice('device', device);
  await line.act(
    {
      operation: 'removeLink',
      write: (arena) => line.bound.link.writeChange(arena, name, {}),
      subject: linkSubject('remove link', name, {
        explain: ({ code }) =>
          code === 'EOPNOTSUPP' || code === 'ENOTSUP'
            ? { cause: 'devices of its kind cannot be removed' }
            : undefined,
      }),
      isDone: async () => (await getLink(line, name, {})) === undefined,
    },
    options,
  );
}

export async function getLink(
  line: Line,
  device: unknown,
  options: CallOptions,
): Promise<Link | undefined> {
  const name = checkDevice('device', device);
  const rows = await line.get(
    'getLink',
    (arena) => line.bound.link.writeName(arena, name),
    line.bound.link.reader(),
    linkSubject('get link', name),
    ['ENODEV'],
    options,
  );
  return rows?.[0];
}

export async function listLinks(
  line: Line,
  filter: LinkFilter,
  options: CallOptions,
): Promise<Link[]> {
  const { kernel, matches } = resolveLinkFilter(filter);
  const links = await line.list(
    {
      operation: 'listLinks',
      write: (arena) => line.bound.link.writeFilter(arena, kernel),
      read: () => line.bound.link.reader(),
    },
    { operation: 'list links', names: { master: kernel.master } },
    options,
  );
  // The kernel lists everything when it has no such kind.
  return links.filter(matches);
}

interface ResolvedFilter {
  readonly kernel: { readonly kind?: string; readonly master?: string };
  readonly matches: (link: Link) => boolean;
}

/** Checks which devices are wanted. */
export function resolveLinkFilter(value: unknown): ResolvedFilter {
  const { kind, master } = checkObject('filter', value, ['kind', 'master']);
  const kernel = {
    ...(kind !== undefined && { kind: checkText('kind', kind, longestKind) }),
    ...(master !== undefined && { master: checkDevice('master', master) }),
  };
  return {
    kernel,
    matches: (link) =>
      (kernel.kind === undefined || link.kind === kernel.kind) &&
      (kernel.master === undefined || link.master === kernel.master),
  };
}

function linkSubject(operation: string, name: string, more: Partial<Subject> = {}): Subject {
  return { operation, object: name, names: { device: name }, fields: fieldNames, ...more };
}

function refusal(code: string, link: ResolvedLink): Explanation | undefined {
  const { name, peer, kind } = link;
  if (code === 'EINVAL' && isEncapsulated(link)) {
    return {
      cause: 'this kernel puts no tunnels into UDP (CONFIG_NET_FOU_IP_TUNNELS), or not yet',
      cure: `load the module: modprobe ${encapsulationModule(link)}`,
    };
  }
  if (code === 'EEXIST') {
    const which = peer === undefined ? name : `${name} or ${peer.name}`;
    return { cause: `there is a device ${which} already`, cure: 'remove it or take another name' };
  }
  if (code === 'EOPNOTSUPP' || code === 'ENOTSUP') {
    return { cause: `this kernel has no devices of kind ${kind}`, cure: `load its module ${kind}` };
  }
  return undefined;
}

function isEncapsulated({ own }: ResolvedLink): boolean {
  return (own['encapsulation'] ?? 'none') !== 'none';
}

function encapsulationModule({ kind }: ResolvedLink): string {
  return kind === 'ip6tnl' ? 'fou6' : 'fou';
}

function changeRefusal(
  code: string,
  field: string | undefined,
  name: string,
  { name: newName, netns }: ResolvedSettings,
): Explanation | undefined {
  if (code === 'EBUSY') return { cause: `${name} is in use`, cure: 'set up: false first' };
  if (code === 'EEXIST') {
    const where = netns === undefined ? '' : ` in namespace ${netns.given}`;
    return { cause: `there is a device ${newName ?? name} already${where}` };
  }
  if (code === 'EINVAL' && field === undefined && netns !== undefined) {
    return {
      cause: `${name} cannot move, or ${netns.given} is no network namespace`,
      cure: 'create the device there instead',
    };
  }
  return undefined;
}

/** Whether a device is as a patch wanted it, as far as it can still be seen. */
async function hasChanged(line: Line, name: string, wanted: ResolvedSettings): Promise<boolean> {
  const link = await getLink(line, wanted.name ?? name, {});
  if (wanted.netns !== undefined) return link === undefined;
  if (link === undefined) return false;
  const { up, mtu, master, alias, queueLength, group } = wanted;
  return (
    (up === undefined || link.up === up) &&
    (mtu === undefined || link.mtu === mtu) &&
    (master === undefined || (link.master ?? null) === master) &&
    (alias === undefined || link.alias === alias) &&
    (queueLength === undefined || link.queueLength === queueLength) &&
    (group === undefined || link.group === group)
  );
}

import type { Address } from '../../address/index.js';
import type { Link, LinkConfig, Rtnl } from '../../route/index.js';
import type { Left } from '../journal.js';
import type { Step } from '../prepare.js';
import type { Tools } from '../tools.js';
import { checkDone, gone } from '../verify.js';
import { setSysctl } from './sysctl.js';

/** A device at which packets for one of the machine's addresses leave their tunnel. */
export interface Tunnel {
  readonly kind: 'ipip' | 'sit' | 'ip6tnl' | 'gre';
  /** This machine's end. */
  readonly local: Address;
  /** Its name, if it has to be made. */
  readonly name: string;
}

/** Finds or makes the tunnel's device, and calls `use` with its name for the steps that follow. */
export function addTunnel(tunnel: Tunnel, use: (device: string) => Step[]): Step {
  return async (tools, journal) => {
    const route = await tools.route();
    const there = await find(route, tunnel, tools);
    const name = there?.name ?? tunnel.name;
    const { kind, local } = tunnel;
    const step = { action: 'add link', object: `${name} (${kind} to ${local.text})` } as const;
    if (there?.up) {
      journal.found(step);
    } else if (there !== undefined) {
      await route.updateLink(name, { up: true }, tools.options);
      journal.changed(step, (undoing) => setDown(undoing, name));
    } else {
      await route.addLink({ kind, name, local: local.text, up: true } as LinkConfig, tools.options);
      journal.changed(step, (undoing) => removeTunnel(undoing, name));
    }
    const now = await route.getLink(name, tools.options);
    checkDone(now?.up === true, `${step.action} ${step.object}`, now?.state);
    for (const following of use(name)) await following(tools, journal);
  };
}

/**
 * Lets packets in whose answers leave by another device. The larger of `all` and the device counts, so
 * the loose check of the device alone will do, whatever `all` is.
 */
export function allowAsymmetry(device: string): Step {
  return async (tools, journal) => {
    const sysctl = await tools.sysctl();
    const all = await sysctl.get('rp_filter', tools.options);
    const wanted = (own: number): number => (Math.max(all, own) === 1 ? 2 : own);
    const needed = (undoing: Tools): Promise<string | undefined> => addressOn(undoing, device);
    await setSysctl({ name: 'rp_filter', device, wanted, needed })(tools, journal);
  };
}

/** A device of that kind that takes packets from anybody to this address. */
async function find(route: Rtnl, tunnel: Tunnel, tools: Tools): Promise<Link | undefined> {
  const links = await route.listLinks({ kind: tunnel.kind }, tools.options);
  return links.find((link) => endsAt(link, tunnel.local));
}

function endsAt(link: Link, local: Address): boolean {
  return link['local'] === local.text && link['remote'] === undefined;
}

/** The first device that ends tunnels at this address. */
export async function tunnelAt(tools: Tools, local: Address): Promise<string | undefined> {
  const kinds = local.family === 'ipv4' ? ['ipip', 'sit', 'gre'] : ['ip6tnl'];
  const links = await (await tools.route()).listLinks({}, tools.options);
  return links.find((link) => kinds.includes(link.kind ?? '') && endsAt(link, local))?.name;
}

async function setDown(tools: Tools, name: string): Promise<Left | undefined> {
  const route = await tools.route();
  if ((await route.getLink(name, tools.options)) === undefined) return gone;
  const reason = await addressOn(tools, name);
  if (reason !== undefined) return { undone: false, reason };
  await route.updateLink(name, { up: false }, tools.options);
  return undefined;
}

async function removeTunnel(tools: Tools, name: string): Promise<Left | undefined> {
  const route = await tools.route();
  if ((await route.getLink(name, tools.options)) === undefined) return gone;
  const reason = await addressOn(tools, name);
  if (reason !== undefined) return { undone: false, reason };
  await route.removeLink(name, tools.options);
  return undefined;
}

/** What the kernel gives a `sit` device by itself, `::10.0.0.20/96` for its end 10.0.0.20. */
const compatible = /^::[\d.]+\/96$/;

/** Whether the device has an address that it has not got by itself. */
async function addressOn(tools: Tools, device: string): Promise<string | undefined> {
  const route = await tools.route();
  const addresses = await route.listAddresses({ device }, tools.options);
  const other = addresses.find(
    ({ scope, address }) => scope !== 'link' && !compatible.test(address),
  );
  return other && `${device} has ${other.address}`;
}

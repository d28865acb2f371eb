import type { Address, Family } from '../../address/index.js';
import { LvsError } from '../../errors/index.js';
import type { Sysctl } from '../../sysctl/index.js';
import type { Left } from '../journal.js';
import type { Step } from '../prepare.js';
import type { Tools } from '../tools.js';
import { checkDone, unlessAbsent } from '../verify.js';
import { natNeeded } from './nat-needed.js';
import { objectOf } from './sysctl.js';

/** What the kernel overwrites when forwarding is turned on or off for all devices. */
interface Overwritten {
  /** Devices, and `'default'`, that forwarded of their own. */
  readonly forwarding: readonly string[];
  /** IPv4: `accept_redirects` of `all`. */
  readonly redirects: boolean;
}

/**
 * Turns forwarding on. The kernel then writes the setting of every device, and `accept_redirects` in IPv4
 * (`inet_forward_change`, `addrconf_forward_change`); going back puts these back, too.
 */
export function allowForwarding(vip: Address): Step {
  const { family } = vip;
  return async (tools, journal) => {
    const sysctl = await tools.sysctl();
    const name = family === 'ipv4' ? 'ip_forward' : 'forwarding';
    const action = 'set sysctl';
    const object = objectOf(name);
    const before = await sysctl.get(name, tools.options);
    const step = { action, object, before, after: true } as const;
    if (before) {
      journal.found(step);
      return;
    }
    if (family === 'ipv6') await refuseLosingRoutes(tools);
    const overwritten = await lookAround(tools, sysctl, family);
    await sysctl.set(name, true, tools.options);
    journal.changed(step, (undoing) => turnOff(undoing, vip, overwritten));
    const now = await sysctl.get(name, tools.options);
    checkDone(now, `${action} ${object}`, now);
  };
}

async function lookAround(tools: Tools, sysctl: Sysctl, family: Family): Promise<Overwritten> {
  const links = await (await tools.route()).listLinks({}, tools.options);
  const forwarding: string[] = [];
  for (const device of ['default', ...links.map(({ name }) => name)]) {
    const on = sysctl.get('forwarding', { ...tools.options, device, family });
    if (await unlessAbsent(on, 'ENOENT')) forwarding.push(device);
  }
  const redirects = family === 'ipv4' && (await sysctl.get('accept_redirects', tools.options));
  return { forwarding, redirects };
}

async function turnOff(
  tools: Tools,
  vip: Address,
  { forwarding, redirects }: Overwritten,
): Promise<Left | undefined> {
  const { family } = vip;
  const sysctl = await tools.sysctl();
  const name = family === 'ipv4' ? 'ip_forward' : 'forwarding';
  if (!(await sysctl.get(name, tools.options))) {
    return { undone: false, reason: 'somebody set it to false' };
  }
  const reason = await natNeeded(tools, vip);
  if (reason !== undefined) return { undone: false, reason };
  await sysctl.set(name, false, tools.options);
  if (family === 'ipv4') await sysctl.set('accept_redirects', redirects, tools.options);
  for (const device of forwarding) {
    const set = sysctl.set('forwarding', true, { ...tools.options, device, family });
    await unlessAbsent(set, 'ENOENT');
  }
  return undefined;
}

/** A machine that forwards is a router, and a router takes no default route from another's advertisement. */
async function refuseLosingRoutes(tools: Tools): Promise<void> {
  const route = await tools.route();
  const sysctl = await tools.sysctl();
  const routes = await route.listRoutes({ family: 'ipv6' }, tools.options);
  for (const { destination, protocol, device } of routes) {
    if (destination !== '::/0' || protocol !== 'ra' || device === undefined) continue;
    if ((await sysctl.get('accept_ra', { ...tools.options, device })) === 2) continue;
    throw new LvsError(
      'ERR_LVS_ROUTES_AT_RISK',
      `set sysctl ${objectOf('forwarding')}: the kernel would drop the default route that a router advertised on ${device}; set accept_ra of ${device} to 2 first, or add a default route by hand`,
    );
  }
}

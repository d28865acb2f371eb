import type { Address } from '../../address/index.js';
import { LvsError } from '../../errors/index.js';
import { pause } from '../../options/index.js';
import type { AddressConfig, InterfaceAddress, Rtnl } from '../../route/index.js';
import type { Left } from '../journal.js';
import type { Step } from '../prepare.js';
import type { Tools } from '../tools.js';
import { checkDone, gone, unlessAbsent } from '../verify.js';

const settleTime = 50;
/** Duplicate address detection takes a second, and up to another before it starts. */
const settleAttempts = 100;

/** The VIP, and the device that is to have it. */
export interface Place {
  readonly vip: Address;
  readonly device: string;
}

/** The whole VIP: `10.0.0.1/32`. */
function wholeOf({ family, text }: Address): string {
  return `${text}/${family === 'ipv4' ? 32 : 128}`;
}

/**
 * Settings of the VIP. As an IPv6 address it is deprecated from the start, so that the machine never takes
 * it for the source of what it sends by itself: a director's tunnel packets from the VIP would be refused by
 * every real server that has the VIP, too. In IPv4 a /32 is not chosen anyway.
 */
export function settingsOf({ family }: Address): Pick<AddressConfig, 'preferredLifetime'> {
  return family === 'ipv6' ? { preferredLifetime: 0 } : {};
}

/** Gives the device the VIP by `add`, unless it has it, with whatever prefix. */
export function addVip(
  place: Place,
  add: (route: Rtnl, whole: string, tools: Tools) => Promise<unknown>,
): Step {
  const { vip, device } = place;
  return async (tools, journal) => {
    const route = await tools.route();
    const there = await find(route, place, tools);
    const action = 'add address';
    if (there !== undefined) {
      journal.found({ action, object: `${there.address} on ${device}` });
      return;
    }
    const whole = wholeOf(vip);
    const object = `${whole} on ${device}`;
    await add(route, whole, tools);
    journal.changed({ action, object }, (undoing) => removeVip(undoing, device, whole));
    await checkUsable(route, place, tools, `${action} ${object}`);
  };
}

async function find(
  route: Rtnl,
  { vip, device }: Place,
  tools: Tools,
): Promise<InterfaceAddress | undefined> {
  const [first] = await route.listAddresses({ device, address: vip.text }, tools.options);
  return first;
}

async function removeVip(tools: Tools, device: string, address: string): Promise<Left | undefined> {
  const route = await tools.route();
  const removed = route.removeAddress({ device, address }, tools.options);
  const done = await unlessAbsent(removed, 'EADDRNOTAVAIL', 'ENODEV');
  return done === undefined ? gone : undefined;
}

/** The kernel may still be looking for a duplicate of an IPv6 address. */
async function checkUsable(route: Rtnl, place: Place, tools: Tools, what: string): Promise<void> {
  for (let attempt = 0; attempt < settleAttempts; attempt++) {
    const there = await find(route, place, tools);
    checkDone(there !== undefined, what, undefined);
    if (there?.dadFailed) throw inUse(place, 'the kernel found that another machine has it');
    if (!there?.tentative) return;
    await pause(settleTime, tools.options.signal);
  }
  throw new LvsError(
    'ERR_LVS_NOT_VERIFIED',
    `${what}: it is still tentative after ${(settleTime * settleAttempts) / 1000} s; is ${place.device} up and connected?`,
  );
}

/** Another machine has the VIP. */
export function inUse({ vip, device }: Place, who: string): LvsError {
  return new LvsError(
    'ERR_LVS_ADDRESS_IN_USE',
    `${vip.text} on ${device}: ${who}; take it away there first`,
  );
}

import type { Step } from '../prepare.js';
import type { Tools } from '../tools.js';
import { setSysctl } from './sysctl.js';

/** Answers only for addresses of the device that was asked. */
const ignoreOthers = 1;
/** Asks in the name of an address that fits the network. */
const announceBest = 2;

/**
 * Keeps an IPv4 address on `lo` or on a tunnel to the machine itself. IPv6 needs nothing: it answers
 * for an address on the device that has it only, and asks in the name of that device's own.
 */
export function keepArpQuiet(device: string | undefined): Step {
  return async (tools, journal) => {
    const before = await quietAddresses(tools);
    const needed = async (undoing: Tools): Promise<string | undefined> => {
      const now = await quietAddresses(undoing);
      const other = now.find((address) => !before.includes(address));
      return other && `${other}, which neighbours must not hear of either`;
    };
    const atLeast = (least: number) => (current: number) => Math.max(current, least);
    const wishes = [
      { name: 'arp_ignore', device, wanted: atLeast(ignoreOthers), needed },
      { name: 'arp_announce', device, wanted: atLeast(announceBest), needed },
    ] as const;
    for (const wish of wishes) await setSysctl(wish)(tools, journal);
  };
}

/** Addresses on devices without neighbours, as a sentence says it: `lo has 10.0.0.2/32`. */
async function quietAddresses(tools: Tools): Promise<string[]> {
  const route = await tools.route();
  const [links, addresses] = await Promise.all([
    route.listLinks({}, tools.options),
    route.listAddresses({ family: 'ipv4' }, tools.options),
  ]);
  const silent = links.filter(({ flags }) => flags.includes('loopback') || flags.includes('noArp'));
  return addresses
    .filter(({ device, scope }) => scope !== 'host' && silent.some(({ name }) => name === device))
    .map(({ device, address }) => `${device} has ${address}`);
}

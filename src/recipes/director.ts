import { invalidValue } from '../errors/index.js';
import { checkBoolean, checkChoice, checkObject } from '../options/index.js';
import { resolveAnnouncement, resolveProbe } from '../route/claim-config.js';
import { checkDevice } from '../route/device.js';
import type { AnnouncementConfig, ProbeConfig, Rtnl } from '../route/index.js';
import { checkLabel } from '../route/label.js';
import { checkVip, commonNames, modeOf } from './options.js';
import type { Step } from './prepare.js';
import { prepare } from './prepare.js';
import type { Place } from './steps/address.js';
import { addVip, inUse, settingsOf } from './steps/address.js';
import { allowForwarding } from './steps/forwarding.js';
import { natNeeded } from './steps/nat-needed.js';
import { setSysctl } from './steps/sysctl.js';
import type { Tools } from './tools.js';
import type { DirectorOptions, Preparation } from './types.js';

/**
 * Makes a machine, in the namespace that is named, the one that packets for a VIP come to: asks whether
 * another has the VIP, gives it to the device, and tells the neighbours. Virtual services are added with
 * `Ipvs`, before or after.
 *
 * - `'dr'` and `'tun'` need nothing else: IPVS sends packets on by itself.
 * - `'nat'` needs forwarding (`ip_forward`, or `forwarding` in IPv6) for what the real servers answer, and no
 *   ICMP redirects in IPv4 (`send_redirects` of `all` and the device), which would show them a way past the
 *   director where all are on one network. IPv6 cannot be kept from sending these: have the real servers on
 *   a network without the clients there.
 *
 * What is there already is left as it is. Everything is read back. When a step fails, those before it are
 * undone. Needs `CAP_NET_ADMIN`, to ask and announce also `CAP_NET_RAW`.
 *
 * @returns What was done, and how to undo it: `undo()`, or the end of `await using`.
 * @throws TypeError or RangeError when an option makes no sense.
 * @throws KernelError As the calls of `lvs/route` and `lvs/sysctl` that it is made of do.
 * @throws LvsError `ERR_LVS_ADDRESS_IN_USE`: another machine has the VIP; `ERR_LVS_ROUTES_AT_RISK`: IPv6
 *   forwarding would cost the machine its default route; `ERR_LVS_NOT_VERIFIED`: something that was done was
 *   not there afterwards; `ERR_LVS_UNDO`: a step failed, and one before it could not be undone.
 */
export async function prepareDirector(options: DirectorOptions): Promise<Preparation> {
  const mode = checkChoice('mode', modeOf(options), ['dr', 'tun', 'nat']);
  const names = [...commonNames, 'device', 'label', 'probe', 'announce', 'conntrack'] as const;
  const given = checkObject('options', options, names);
  const place = { vip: checkVip(given.vip), device: checkDevice('device', given.device) };
  const label = labelOf(given.label, place);
  const probe = probeOf(given.probe, place);
  const announcement = announcementOf(given.announce, place);
  const conntrack =
    given.conntrack === undefined ? undefined : checkBoolean('conntrack', given.conntrack);
  return await prepare(options, [
    ...(mode === 'nat' ? natSteps(place, conntrack) : []),
    addVip(place, (route, address, tools) => takeVip(route, place, address, label, probe, tools)),
    ...(announcement === undefined ? [] : [announce(announcement)]),
  ]);
}

function labelOf(label: unknown, { vip, device }: Place): string | undefined {
  if (label === undefined) return undefined;
  if (vip.family === 'ipv4') return checkLabel(label, device, 'device');
  throw invalidValue('label', 'absent: the kernel keeps none of an IPv6 address', label);
}

function probeOf(probe: unknown, { vip, device }: Place): ProbeConfig | undefined {
  if (probe === false) return undefined;
  const more =
    probe === undefined || probe === true ? {} : checkObject('probe', probe, ['count', 'interval']);
  const config = { device, address: vip.text, ...more } as ProbeConfig;
  resolveProbe(config);
  return config;
}

function announcementOf(value: unknown, { vip, device }: Place): AnnouncementConfig | undefined {
  if (value === false) return undefined;
  const names = ['form', 'count', 'interval', 'router'] as const;
  const more = value === undefined || value === true ? {} : checkObject('announce', value, names);
  const config = { device, address: vip.text, ...more } as AnnouncementConfig;
  resolveAnnouncement(config);
  return config;
}

function natSteps({ vip, device }: Place, conntrack: boolean | undefined): Step[] {
  const needed = (tools: Tools): Promise<string | undefined> => natNeeded(tools, vip);
  const quiet = (where: string | undefined): Step =>
    setSysctl({ name: 'send_redirects', device: where, wanted: () => false, needed });
  return [
    allowForwarding(vip),
    ...(vip.family === 'ipv4' ? [quiet(undefined), quiet(device)] : []),
    ...(conntrack === undefined ? [] : [trackConnections(conntrack, needed)]),
  ];
}

function trackConnections(
  on: boolean,
  needed: (tools: Tools) => Promise<string | undefined>,
): Step {
  return async (tools, journal) => {
    // The setting comes with IPVS.
    await tools.ipvs();
    await setSysctl({ name: 'conntrack', wanted: () => on, needed })(tools, journal);
  };
}

async function takeVip(
  route: Rtnl,
  place: Place,
  address: string,
  label: string | undefined,
  probe: ProbeConfig | undefined,
  { options }: Tools,
): Promise<void> {
  const { vip, device } = place;
  if (probe !== undefined) {
    const [other] = await route.probeAddress(probe, options);
    if (other !== undefined) throw inUse(place, `${other.macAddress} ${claims[other.claim]}`);
  }
  if (vip.family === 'ipv6') {
    // The kernel need not ask again what has been asked.
    const noDad = probe !== undefined;
    await route.addAddress({ device, address, noDad, ...settingsOf(vip) }, options);
  } else if (label !== undefined) {
    await route.addAddress({ device, address, label }, options);
  } else {
    await addAlias(route, device, address, options);
  }
}

const claims = { holds: 'has it', probes: 'is about to take it' } as const;

/** A label of its own, unless the device's name leaves no room for one. */
async function addAlias(
  route: Rtnl,
  device: string,
  address: string,
  options: Tools['options'],
): Promise<void> {
  try {
    await route.alias(device, address, {}, options);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    await route.addAddress({ device, address }, options);
  }
}

function announce(announcement: AnnouncementConfig): Step {
  return async (tools, journal) => {
    const route = await tools.route();
    await route.announceAddress(announcement, tools.options);
    const { address, device } = announcement;
    journal.changed({ action: 'announce address', object: `${address} on ${device}` });
  };
}

import type { Address } from '../address/index.js';
import { checkAddress } from '../address/index.js';
import { invalidValue } from '../errors/index.js';
import { resolveRedirect } from '../nat/redirect.js';
import { checkChoice, checkInteger, checkObject } from '../options/index.js';
import { checkDevice } from '../route/device.js';
import { checkArpDevice, checkVip, commonNames, modeOf } from './options.js';
import type { Step } from './prepare.js';
import { prepare } from './prepare.js';
import { addVip, settingsOf } from './steps/address.js';
import { keepArpQuiet } from './steps/arp.js';
import { addGuePort } from './steps/port.js';
import { addRedirect } from './steps/redirect.js';
import type { Tunnel } from './steps/tunnel.js';
import { addTunnel, allowAsymmetry } from './steps/tunnel.js';
import type { Preparation, RealServerOptions } from './types.js';

const defaultGuePort = 6080;

/**
 * Makes a machine, in the namespace that is named, accept packets for a VIP that a director hands it:
 *
 * - `'redirect'`: a nat rule sends them to the machine itself, which has the VIP nowhere.
 * - `'loopback'`: the VIP is on `lo`. Before that, ARP is told to keep it quiet (`arp_ignore` 1,
 *   `arp_announce` 2); IPv6 needs no setting, since it answers only for addresses of the device that was
 *   asked.
 * - `'tunnel'`: the other end of IPVS's tunnel and the VIP on it: a device `ipip` or, for IPv6 in IPv4,
 *   `sit`; `ip6tnl` over IPv6; `gre`. With GUE a UDP port besides. ARP is kept quiet, and packets are let in
 *   whose answers leave by another device (`rp_filter`).
 *
 * What is there already is left as it is. Everything is read back. When a step fails, those before it are
 * undone. Needs `CAP_NET_ADMIN`; for GUE also `CAP_SYS_MODULE` unless the module `fou` is loaded.
 *
 * @returns What was done, and how to undo it: `undo()`, or the end of `await using`.
 * @throws TypeError or RangeError when an option makes no sense.
 * @throws KernelError As the calls of `lvs/route`, `lvs/sysctl` and `lvs/nat` that it is made of do.
 * @throws LvsError `ERR_LVS_NOT_VERIFIED`: something that was done was not there afterwards;
 *   `ERR_LVS_UNDO`: a step failed, and one before it could not be undone.
 */
export async function prepareRealServer(options: RealServerOptions): Promise<Preparation> {
  const mode = checkChoice('mode', modeOf(options), ['redirect', 'loopback', 'tunnel']);
  return await prepare(options, stepsOf[mode](options));
}

const stepsOf = { redirect: redirectSteps, loopback: loopbackSteps, tunnel: tunnelSteps } as const;

function redirectSteps(options: unknown): Step[] {
  const names = [...commonNames, 'protocol', 'port', 'toPort', 'backend'] as const;
  const given = checkObject('options', options, names);
  const vip = checkVip(given.vip);
  const { port, toPort, protocol } = given;
  const rule = {
    destination: vip.text,
    ...(protocol !== undefined && { protocol: protocol as string }),
    ...(port !== undefined && { destinationPort: checkInteger('port', port, 1, 0xff_ff) }),
    ...(toPort !== undefined && { toPorts: checkInteger('toPort', toPort, 1, 0xff_ff) }),
  };
  // What remains to be checked is said before anything is done.
  resolveRedirect(rule);
  const backends = ['auto', 'iptables-nft', 'legacy', 'nftables'] as const;
  return [addRedirect(rule, checkChoice('backend', given.backend ?? 'auto', backends))];
}

function loopbackSteps(options: unknown): Step[] {
  const given = checkObject('options', options, [...commonNames, 'device']);
  const vip = checkVip(given.vip);
  return [...arpSteps(vip, given.device), keepVip(vip, 'lo')];
}

function tunnelSteps(options: unknown): Step[] {
  const names = [...commonNames, 'local', 'type', 'port', 'name', 'device'] as const;
  const given = checkObject('options', options, names);
  const vip = checkVip(given.vip);
  const local = checkAddress('local', given.local);
  const type = checkChoice('type', given.type ?? 'ipip', ['ipip', 'gue', 'gre']);
  const kind = kindOf(vip, local, type);
  const name = given.name === undefined ? `lvs-${kind}` : checkDevice('name', given.name);
  if (given.port !== undefined && type !== 'gue') {
    throw invalidValue('port', `absent with ${type}, which has none`, given.port);
  }
  const port = checkInteger('port', given.port ?? defaultGuePort, 1, 0xff_ff);
  const quiet = arpSteps(vip, given.device);
  const onDevice = (device: string): Step[] => [
    ...(vip.family === 'ipv4' ? [allowAsymmetry(device)] : []),
    ...quiet,
    keepVip(vip, device),
  ];
  return [
    ...(type === 'gue' ? [addGuePort(port, local)] : []),
    addTunnel({ kind, local, name }, onDevice),
  ];
}

function kindOf(vip: Address, local: Address, type: 'ipip' | 'gue' | 'gre'): Tunnel['kind'] {
  if (type === 'gre') {
    if (local.family === 'ipv4') return 'gre';
    throw invalidValue('local', "an IPv4 address with type 'gre'", local.text);
  }
  if (local.family === 'ipv6') return 'ip6tnl';
  return vip.family === 'ipv4' ? 'ipip' : 'sit';
}

function arpSteps(vip: Address, device: unknown): Step[] {
  const checked = checkArpDevice(device, vip);
  return vip.family === 'ipv4' ? [keepArpQuiet(checked)] : [];
}

/** Nobody is there to have a duplicate on `lo` or a tunnel, and none is looked for. */
function keepVip(vip: Address, device: string): Step {
  return addVip({ vip, device }, (route, address, { options }) =>
    route.addAddress({ device, address, ...settingsOf(vip) }, options),
  );
}

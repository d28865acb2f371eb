// Tunnel devices in UDP. User-Mode Linux has none (CONFIG_NET_FOU_IP_TUNNELS).
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import type { LinkConfig } from '../../../src/route/index.js';
import { shownLink, useRoom } from '../route/support.js';

const room = useRoom();

const cases: [LinkConfig, string][] = [
  [
    {
      kind: 'ipip',
      name: 't0',
      remote: '10.9.0.2',
      encapsulation: 'gue',
      encapsulationPort: 6080,
      encapsulationChecksum: true,
    },
    'name t0 type ipip remote 10.9.0.2 encap gue encap-sport auto encap-dport 6080 encap-csum',
  ],
  [
    {
      kind: 'sit',
      name: 't0',
      remote: '10.9.0.2',
      encapsulation: 'fou',
      encapsulationPort: 5555,
      encapsulationSourcePort: 4444,
    },
    'name t0 type sit remote 10.9.0.2 encap fou encap-sport 4444 encap-dport 5555',
  ],
  [
    {
      kind: 'ip6tnl',
      name: 't0',
      remote: '2001:db8::2',
      encapsulation: 'gue',
      encapsulationPort: 6080,
    },
    'name t0 type ip6tnl mode any remote 2001:db8::2 encap gue encap-dport 6080',
  ],
  [
    {
      kind: 'ip6tnl',
      name: 't0',
      remote: '2001:db8::2',
      encapsulation: 'fou',
      encapsulationPort: 6080,
      encapsulationChecksum: false,
    },
    'name t0 type ip6tnl mode any remote 2001:db8::2 encap fou encap-dport 6080 noencap-udp6-csum',
  ],
  [
    {
      kind: 'gre',
      name: 't0',
      remote: '10.9.0.2',
      encapsulation: 'gue',
      encapsulationPort: 6080,
      encapsulationRemoteChecksum: true,
    },
    'name t0 type gre remote 10.9.0.2 encap gue encap-sport auto encap-dport 6080 encap-remcsum',
  ],
];

afterEach(async () => {
  if (await room.route.getLink('t0')) await room.route.removeLink('t0');
});

describe('the module of an encapsulation', () => {
  it.each<[string, LinkConfig]>([
    ['fou', { kind: 'ipip', name: 't0', remote: '10.9.0.2' }],
    ['fou6', { kind: 'ip6tnl', name: 't0', remote: '2001:db8::2' }],
  ])('%s is loaded by the first tunnel that needs it', async (module, link) => {
    execFileSync('modprobe', ['-r', module]);
    expect(existsSync(`/sys/module/${module}`)).toBe(false);
    await room.route.addLink({
      ...link,
      encapsulation: 'gue',
      encapsulationPort: 6080,
    } as LinkConfig);
    expect(existsSync(`/sys/module/${module}`)).toBe(true);
  });
});

describe('addLink', () => {
  it.each(cases)('makes %o as ip does', async (config, words) => {
    const expected = shownLink(room, config.name, `link add ${words}`);
    const listed = await room.route.getLink(config.name);
    expect(listed).toMatchObject(config);
    await room.route.removeLink(config.name);
    await room.route.addLink(config);
    expect(shownLink(room, config.name)).toEqual(expected);

    await room.route.removeLink(config.name);
    await room.route.addLink(listed as unknown as LinkConfig);
    expect(shownLink(room, config.name)).toEqual(expected);
  });
});

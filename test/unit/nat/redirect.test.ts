import { describe, expect, it } from 'vitest';
import type { RedirectRule } from '../../../src/nat/index.js';
import { redirectOf } from '../../../src/nat/listed-redirect.js';
import { resolveRedirect } from '../../../src/nat/redirect.js';
import { formatRule } from '../../../src/xtables/save-line.js';

function text(redirect: RedirectRule): string {
  const { chain, rule } = resolveRedirect(redirect);
  return `-A ${chain} ${formatRule(rule)}`;
}

describe('a redirect', () => {
  it.each<[RedirectRule, string]>([
    [{}, '-A PREROUTING -j REDIRECT'],
    [{ destination: '10.0.0.1' }, '-A PREROUTING -d 10.0.0.1/32 -j REDIRECT'],
    [{ destination: '10.1.2.3/8' }, '-A PREROUTING -d 10.0.0.0/8 -j REDIRECT'],
    [{ destination: '10.1.2.3/255.0.0.0' }, '-A PREROUTING -d 10.0.0.0/8 -j REDIRECT'],
    [{ source: '10.0.0.3/255.0.0.255' }, '-A PREROUTING -s 10.0.0.3/255.0.0.255 -j REDIRECT'],
    [{ destination: '0.0.0.0/0' }, '-A PREROUTING -j REDIRECT'],
    [{ destination: '2001:DB8::1' }, '-A PREROUTING -d 2001:db8::1/128 -j REDIRECT'],
    [{ protocol: 47 }, '-A PREROUTING -p 47 -j REDIRECT'],
    [{ protocol: '!47' }, '-A PREROUTING ! -p 47 -j REDIRECT'],
    [
      { protocol: 'tcp', sourcePort: 1, destinationPort: [2, 3] },
      '-A PREROUTING -p tcp -m tcp --sport 1 -m multiport --dports 2,3 -j REDIRECT',
    ],
    [
      { protocol: 'sctp', destinationPort: '!9' },
      '-A PREROUTING -p sctp -m multiport ! --dports 9 -j REDIRECT',
    ],
    [
      { protocol: 'tcp', destinationPort: '2-2' },
      '-A PREROUTING -p tcp -m tcp --dport 2 -j REDIRECT',
    ],
    [{ mark: '0x10/0xff' }, '-A PREROUTING -m mark --mark 0x10/0xff -j REDIRECT'],
    [{ comment: 'say "hi"' }, '-A PREROUTING -m comment --comment "say \\"hi\\"" -j REDIRECT'],
  ])('%j is %s', (redirect, expected) => {
    expect(text(redirect)).toBe(expected);
  });

  it('takes the family of its addresses', () => {
    expect(resolveRedirect({ source: '::1' }).family).toBe('ipv6');
    expect(resolveRedirect({ destination: '::/0' }).family).toBe('ipv6');
    expect(resolveRedirect({ family: 'ipv6' }).family).toBe('ipv6');
    expect(resolveRedirect({}).family).toBe('ipv4');
  });

  it.each<[RedirectRule, RegExp]>([
    [{ destination: 'vip' }, /destination must be an address or a prefix/],
    [{ destination: '10.0.0.1/33' }, /destination must be/],
    [{ destination: '10.0.0.1/8/8' }, /destination must be/],
    [{ destination: '10.0.0.1', source: '::1' }, /source must be an IPv4 address/],
    [{ destination: '10.0.0.1', family: 'ipv6' }, /destination must be an IPv6 address/],
    [{ destination: '!0.0.0.0/0' }, /that something matches/],
    [{ destinationPort: 80 }, /together with a protocol that has ports/],
    [{ destinationPort: 80, protocol: '!tcp' }, /together with a protocol/],
    [{ destinationPort: 80, protocol: 'icmp' }, /together with a protocol/],
    [{ toPorts: 80, protocol: 'udplite' }, /together with a protocol/],
    [{ toPorts: '80,81', protocol: 'tcp' }, /one port or range/],
    [{ toPorts: '!80', protocol: 'tcp' }, /a port or range/],
    [{ destinationPort: 70_000, protocol: 'tcp' }, /a port, a range/],
    [{ destinationPort: '9-1', protocol: 'tcp' }, /a port, a range/],
    [{ destinationPort: [], protocol: 'tcp' }, /a port, a range/],
    [
      { destinationPort: Array.from({ length: 16 }, (_, i) => i + 1), protocol: 'tcp' },
      /at most fifteen/,
    ],
    [{ protocol: 'nope' }, /protocol must be a number from 1 to 255/],
    [{ protocol: 0 }, /protocol must be/],
    [{ protocol: true as unknown as string }, /protocol must be a number/],
    [{ inInterface: 'sixteen-bytes-xx' }, /1 to 15 bytes/],
    [{ inInterface: 'a b' }, /1 to 15 bytes/],
    [{ inInterface: 'eth0', chain: 'OUTPUT' }, /left out for OUTPUT/],
    [{ mark: -1 }, /mark/],
    [{ mark: 2 ** 32 }, /mark/],
    [{ comment: 'two\nlines' }, /in one line/],
    [{ comment: 'x'.repeat(256) }, /1 to 255 bytes/],
    [{ chain: 'POSTROUTING' as 'OUTPUT' }, /'PREROUTING', 'OUTPUT'/],
    [{ random: 1 as unknown as boolean }, /random must be a boolean/],
    [{ dport: 1 } as RedirectRule, /known properties/],
  ])('%j is refused', (redirect, message) => {
    expect(() => resolveRedirect(redirect)).toThrow(message);
    expect(() => resolveRedirect(redirect)).toThrow(TypeError);
  });
});

describe('a listed rule', () => {
  it.each<RedirectRule>([
    { destination: '10.0.0.1' },
    { source: '!2001:db8::/32', protocol: 'tcp', sourcePort: '!5-9', destinationPort: '1,2' },
    { inInterface: '!eth+', mark: '!0x1/0x3', comment: 'c', protocol: 'udp', toPorts: '1-2' },
    { random: true, chain: 'OUTPUT', protocol: '!icmp' },
  ])('%j comes back', (redirect) => {
    const resolved = resolveRedirect(redirect);
    const again = redirectOf(resolved.family, resolved.chain, resolved.rule);
    expect(again).toMatchObject(redirect);
    expect(resolveRedirect(again ?? {})).toEqual(resolved);
  });

  it('that addRedirect would not make is none', () => {
    const target = { kind: 'redirect' } as const;
    expect(redirectOf('ipv4', 'shop', { matches: [], target })).toBeUndefined();
    expect(redirectOf('ipv4', 'PREROUTING', { matches: [], target: { kind: 'drop' } })).toBe(
      undefined,
    );
    const other = { kind: 'other', name: 'state', revision: 0, data: new Uint8Array(8) } as const;
    expect(redirectOf('ipv4', 'PREROUTING', { matches: [other], target })).toBeUndefined();
    expect(
      redirectOf('ipv4', 'PREROUTING', { outInterface: 'lo', matches: [], target }),
    ).toBeUndefined();
  });
});

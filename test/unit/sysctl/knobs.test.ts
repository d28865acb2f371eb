import { describe, expect, it } from 'vitest';
import { formatValue, parseValue, pathOf, sysctlNames } from '../../../src/sysctl/knobs.js';

describe('values', () => {
  it('are numbers within bounds, or on and off', () => {
    expect(formatValue('arp_ignore', 8)).toBe('8');
    expect(formatValue('ip_forward', true)).toBe('1');
    expect(parseValue('ip_forward', '1\n')).toBe(true);
    expect(parseValue('rp_filter', '2\n')).toBe(2);
    for (const [name, value] of [
      ['rp_filter', 3],
      ['arp_ignore', -1],
      ['arp_announce', 1.5],
    ] as const) {
      expect(() => formatValue(name, value)).toThrow(RangeError);
    }
    expect(() => formatValue('rp_filter', true)).toThrow(TypeError);
    expect(() => formatValue('ip_forward', 1)).toThrow(TypeError);
  });
});

describe('paths', () => {
  it('lead to the device, and to all devices by default', () => {
    expect(pathOf('arp_ignore', 'ens3')).toBe('ipv4/conf/ens3/arp_ignore');
    expect(pathOf('arp_ignore', undefined)).toBe('ipv4/conf/all/arp_ignore');
    expect(pathOf('forwarding', '$&')).toBe('ipv6/conf/$&/forwarding');
    expect(pathOf('forwarding', 'ens3', 'ipv4')).toBe('ipv4/conf/ens3/forwarding');
    expect(() => pathOf('ip_forward', 'ens3')).toThrow(TypeError);
    expect(() => pathOf('arp_ignore', 'ens3', 'ipv4')).toThrow(TypeError);
    for (const name of sysctlNames) expect(pathOf(name, undefined)).not.toMatch(/[A-Z]/);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { destName, resolveDest } from '../../../src/ipvs/dest-name.js';
import { formatServiceName, parseServiceName } from '../../../src/ipvs/index.js';
import { resolveService } from '../../../src/ipvs/service-name.js';
import type { DestName, ServiceName } from '../../../src/ipvs/types.js';

const port = fc.integer({ min: 0, max: 65_535 });
const address = fc.oneof(fc.ipV4(), fc.ipV6());
const protocol = fc.constantFrom('tcp', 'udp', 'sctp', 'ip-0', 'ip-47', 'ip-255');
const service = fc.oneof(
  fc.record({ protocol, address, port }),
  fc.record({
    fwmark: fc.integer({ min: 1, max: 0xffffffff }),
    family: fc.constantFrom('ipv4', 'ipv6'),
  }),
) as fc.Arbitrary<Exclude<ServiceName, string>>;

describe('the name of a service', () => {
  it('as text means what the object means', () => {
    fc.assert(
      fc.property(service, (key) => {
        const name = formatServiceName(key);
        expect(resolveService(name)).toEqual(resolveService(key));
        expect(formatServiceName(parseServiceName(name))).toBe(name);
      }),
    );
  });

  it.each([
    ['tcp://10.0.0.1:80', { protocol: 'tcp', address: '10.0.0.1', port: 80, family: 'ipv4' }],
    [
      'udp://[2001:DB8::1]:53',
      { protocol: 'udp', address: '2001:db8::1', port: 53, family: 'ipv6' },
    ],
    ['ip-47://10.0.0.1:0', { protocol: 'ip-47', address: '10.0.0.1', port: 0, family: 'ipv4' }],
    ['fwmark:7', { fwmark: 7, family: 'ipv4' }],
    ['fwmark:4294967295/ipv6', { fwmark: 4_294_967_295, family: 'ipv6' }],
  ])('%s', (text, key) => {
    expect(parseServiceName(text)).toEqual(key);
  });

  const bad: readonly (readonly [unknown, string, string])[] = [
    ['', 'service', 'ERR_INVALID_ARG_VALUE'],
    ['10.0.0.1:80', 'service', 'ERR_INVALID_ARG_VALUE'],
    ['tcp://10.0.0.1', 'service', 'ERR_INVALID_ARG_VALUE'],
    ['tcp://10.0.0.1:', 'service', 'ERR_INVALID_ARG_VALUE'],
    ['tcp://10.0.0.1:-1', 'service', 'ERR_INVALID_ARG_VALUE'],
    ['tcp://10.0.0.1:80/', 'service', 'ERR_INVALID_ARG_VALUE'],
    ['tcp://2001:db8::1:80', 'service', 'ERR_INVALID_ARG_VALUE'],
    ['tcp://[10.0.0.1]:80', 'service', 'ERR_INVALID_ARG_VALUE'],
    ['tcp://[]:80', 'service', 'ERR_INVALID_ARG_VALUE'],
    ['tcp://host:80', 'service.address', 'ERR_INVALID_ARG_VALUE'],
    ['tcp://10.0.0.1:70000', 'service.port', 'ERR_OUT_OF_RANGE'],
    ['tcp://10.0.0.1:99999999999999999999', 'service.port', 'ERR_OUT_OF_RANGE'],
    ['TCP://10.0.0.1:80', 'service.protocol', 'ERR_INVALID_ARG_VALUE'],
    ['icmp://10.0.0.1:80', 'service.protocol', 'ERR_INVALID_ARG_VALUE'],
    ['ip-256://10.0.0.1:80', 'service.protocol', 'ERR_INVALID_ARG_VALUE'],
    ['fwmark:0', 'service.fwmark', 'ERR_OUT_OF_RANGE'],
    ['fwmark:4294967296', 'service.fwmark', 'ERR_OUT_OF_RANGE'],
    ['fwmark:-1', 'service', 'ERR_INVALID_ARG_VALUE'],
    ['fwmark:', 'service', 'ERR_INVALID_ARG_VALUE'],
    ['fwmark:7/', 'service.family', 'ERR_INVALID_ARG_VALUE'],
    ['fwmark:7/inet6', 'service.family', 'ERR_INVALID_ARG_VALUE'],
    [undefined, 'service', 'ERR_INVALID_ARG_TYPE'],
    [null, 'service', 'ERR_INVALID_ARG_TYPE'],
    [7, 'service', 'ERR_INVALID_ARG_TYPE'],
    [{}, 'service.protocol', 'ERR_INVALID_ARG_TYPE'],
    [{ protocol: 'tcp', port: 80 }, 'service.address', 'ERR_INVALID_ARG_TYPE'],
    [{ protocol: 'tcp', address: '10.0.0.1' }, 'service.port', 'ERR_INVALID_ARG_TYPE'],
    [{ protocol: 'tcp', address: '10.0.0.1', port: '80' }, 'service.port', 'ERR_INVALID_ARG_TYPE'],
    [{ protocol: 'tcp', address: '10.0.0.1', port: 70_000 }, 'service.port', 'ERR_OUT_OF_RANGE'],
    [{ protocol: 'tcp', address: '10.0.0.1', port: 0.5 }, 'service.port', 'ERR_OUT_OF_RANGE'],
    [
      { protocol: 'tcp', address: '10.0.0.1%lo', port: 80 },
      'service.address',
      'ERR_INVALID_ARG_VALUE',
    ],
    [
      { protocol: 'tcp', address: '10.0.0.1', port: 80, family: 'ipv6' },
      'service.family',
      'ERR_INVALID_ARG_VALUE',
    ],
    [{ fwmark: 7, port: 80 }, 'service.port', 'ERR_INVALID_ARG_VALUE'],
    [{ fwmark: 7, address: '10.0.0.1' }, 'service.address', 'ERR_INVALID_ARG_VALUE'],
    [{ fwmark: 7, protocol: 'tcp' }, 'service.protocol', 'ERR_INVALID_ARG_VALUE'],
    [{ fwmark: null }, 'service.fwmark', 'ERR_INVALID_ARG_TYPE'],
    [{ fwmark: 2 ** 32 }, 'service.fwmark', 'ERR_OUT_OF_RANGE'],
  ];
  it.each(bad)('%j is refused for its %s with %s', (name, part, code) => {
    expect(() => resolveService(name as ServiceName)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(`^${part} must be `) }),
    );
  });
});

describe('the name of a destination', () => {
  const owner = resolveService('tcp://10.0.0.1:80');

  it('as text means what the object means', () => {
    fc.assert(
      fc.property(address, fc.option(port, { nil: undefined }), (host, number) => {
        const object = resolveDest(owner, {
          address: host,
          ...(number !== undefined && { port: number }),
        });
        expect(resolveDest(owner, destName(object))).toEqual(object);
        expect(object.port).toBe(number ?? 80);
      }),
    );
  });

  it.each([
    ['10.0.0.20', '10.0.0.20:80'],
    ['10.0.0.20:8080', '10.0.0.20:8080'],
    ['2001:DB8::1', '[2001:db8::1]:80'],
    ['[2001:db8::1]', '[2001:db8::1]:80'],
    ['[2001:db8::1]:0', '[2001:db8::1]:0'],
  ])('%s', (text, name) => {
    expect(destName(resolveDest(owner, text))).toBe(name);
  });

  const bad: readonly (readonly [unknown, string, string])[] = [
    ['', 'dest', 'ERR_INVALID_ARG_VALUE'],
    ['host', 'dest.address', 'ERR_INVALID_ARG_VALUE'],
    ['host:80', 'dest.address', 'ERR_INVALID_ARG_VALUE'],
    ['10.0.0.20:', 'dest.address', 'ERR_INVALID_ARG_VALUE'],
    ['10.0.0.20:http', 'dest.address', 'ERR_INVALID_ARG_VALUE'],
    ['10.0.0.20:70000', 'dest.port', 'ERR_OUT_OF_RANGE'],
    ['[2001:db8::1', 'dest', 'ERR_INVALID_ARG_VALUE'],
    ['[10.0.0.20]:80', 'dest', 'ERR_INVALID_ARG_VALUE'],
    [undefined, 'dest', 'ERR_INVALID_ARG_TYPE'],
    [null, 'dest', 'ERR_INVALID_ARG_TYPE'],
    [{}, 'dest.address', 'ERR_INVALID_ARG_TYPE'],
    [{ address: '10.0.0.20', port: -1 }, 'dest.port', 'ERR_OUT_OF_RANGE'],
    [{ address: '10.0.0.20', port: null }, 'dest.port', 'ERR_INVALID_ARG_TYPE'],
  ];
  it.each(bad)('%j is refused for its %s with %s', (name, part, code) => {
    expect(() => resolveDest(owner, name as DestName)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(`^${part} must be `) }),
    );
  });
});

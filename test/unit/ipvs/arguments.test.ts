import { describe, expect, it } from 'vitest';
import type { Ipvs } from '../../../src/ipvs/index.js';
import { flushed, openFakeIpvs } from './support.js';

const type = 'ERR_INVALID_ARG_TYPE';
const value = 'ERR_INVALID_ARG_VALUE';
const range = 'ERR_OUT_OF_RANGE';

const tcp = 'tcp://10.0.0.1:80';
const key = { protocol: 'tcp', address: '10.0.0.1', port: 80 } as const;
const dest = { address: '10.0.0.20', port: 80 } as const;

type Row = readonly [call: string, code: string, words: string, act: (ipvs: Ipvs) => unknown];

/** What is said in TypeScript's types, broken on purpose. */
// biome-ignore lint/suspicious/noExplicitAny: that is the point.
const wrong = (what: unknown): any => what;

const settings: Row[] = (
  [
    [value, 'scheduler', { scheduler: '' }],
    [value, 'scheduler', { scheduler: 'x'.repeat(16) }],
    [value, 'scheduler', { scheduler: 'r\0r' }],
    [type, 'scheduler', { scheduler: 7 }],
    [type, 'scheduler', { scheduler: null }],
    [type, 'schedulerFlags', { schedulerFlags: 'sh-port' }],
    [value, 'schedulerFlags', { schedulerFlags: ['flag-4'] }],
    [type, 'schedulerFlags', { schedulerFlags: [1] }],
    [value, "'mh-port' belongs to mh", { scheduler: 'sh', schedulerFlags: ['mh-port'] }],
    [type, 'onePacket', { onePacket: 1 }],
    [type, 'persistence', { persistence: 300 }],
    [type, 'persistence', { persistence: null }],
    [range, 'persistence.timeout', { persistence: { timeout: 0 } }],
    [range, 'persistence.timeout', { persistence: { timeout: 2_147_484 } }],
    [range, 'persistence.prefixLength', { persistence: { prefixLength: 33 } }],
    [range, 'persistence.prefixLength', { persistence: { prefixLength: 0 } }],
    [value, 'persistence.netmask', { persistence: { netmask: '255.0.0.0' } }],
    [value, 'persistenceEngine', { persistenceEngine: 'x'.repeat(16) }],
    [type, 'persistenceEngine', { persistenceEngine: true }],
  ] as const
).flatMap(([code, words, patch]) => [
  ['addService', code, words, (ipvs) => ipvs.addService(wrong({ ...key, ...patch }))],
  ['ensureService', code, words, (ipvs) => ipvs.ensureService(wrong({ ...key, ...patch }))],
]);

const dests: Row[] = (
  [
    [range, 'weight', { weight: -1 }],
    [range, 'weight', { weight: 2 ** 31 }],
    [range, 'weight', { weight: 1.5 }],
    [type, 'weight', { weight: '1' }],
    [range, 'upperThreshold', { upperThreshold: -1 }],
    [range, 'upperThreshold', { upperThreshold: 2 ** 31 }],
    [range, 'lowerThreshold', { lowerThreshold: 2 ** 31, upperThreshold: 1 }],
    [range, 'lowerThreshold must be at most upperThreshold (0)', { lowerThreshold: 1 }],
    [range, 'at most upperThreshold (4)', { upperThreshold: 4, lowerThreshold: 5 }],
    [value, 'fwd', { fwd: 'masq' }],
    [type, 'fwd', { fwd: 0 }],
    [value, 'fwd', { fwd: 'unknown-5' }],
    [value, 'tunnel', { tunnel: { type: 'gue', port: 5555 } }],
    [value, 'tunnel', { fwd: 'nat', tunnel: {} }],
    [value, 'tunnel.type', { fwd: 'tun', tunnel: { type: 'vxlan' } }],
    [type, 'tunnel.port', { fwd: 'tun', tunnel: { type: 'gue' } }],
    [range, 'tunnel.port', { fwd: 'tun', tunnel: { type: 'gue', port: 0 } }],
    [value, 'tunnel.port', { fwd: 'tun', tunnel: { type: 'gre', port: 1 } }],
    [value, 'tunnel.checksum', { fwd: 'tun', tunnel: { checksum: 'full' } }],
    [value, 'tunnel.checksum', { fwd: 'tun', tunnel: { type: 'gre', checksum: 'remote' } }],
    [value, 'tunnel.checksum', { fwd: 'tun', tunnel: { type: 'gre', checksum: 'csum' } }],
    [value, 'tunnel.ttl', { fwd: 'tun', tunnel: { ttl: 1 } }],
    [type, 'tunnel', { fwd: 'tun', tunnel: 'gue' }],
    [value, 'dest.weigth', { weigth: 1 }],
    [value, 'dest.family', { family: 'ipv6' }],
    [value, 'dest.address', { address: '2001:db8::1' }],
    [value, 'dest.address', { address: '10.0.0.256' }],
    [range, 'dest.port', { port: 70_000 }],
  ] as const
).flatMap(([code, words, patch]) => [
  ['addDest', code, words, (ipvs) => ipvs.addDest(tcp, wrong({ ...dest, ...patch }))],
  ['ensureDest', code, words, (ipvs) => ipvs.ensureDest(tcp, wrong({ ...dest, ...patch }))],
]);

const others: Row[] = [
  ['addService', value, 'service', (ipvs) => ipvs.addService(wrong({ ...key, schedular: 'rr' }))],
  [
    'addService',
    value,
    'service.protocol',
    (ipvs) => ipvs.addService({ ...key, protocol: 'ip-47' }),
  ],
  ['addService', type, 'service', (ipvs) => ipvs.addService(wrong(undefined))],
  ['updateService', value, 'patch.port', (ipvs) => ipvs.updateService(tcp, wrong({ port: 81 }))],
  ['updateService', type, 'patch', (ipvs) => ipvs.updateService(tcp, wrong('rr'))],
  ['updateDest', value, 'patch.port', (ipvs) => ipvs.updateDest(tcp, dest, wrong({ port: 81 }))],
  ['updateDest', type, 'patch', (ipvs) => ipvs.updateDest(tcp, dest, wrong(undefined))],
  ['removeService', value, 'service', (ipvs) => ipvs.removeService('10.0.0.1:80')],
  ['removeDest', value, 'dest.address', (ipvs) => ipvs.removeDest(tcp, 'host')],
  ['getService', range, 'timeout', (ipvs) => ipvs.getService(tcp, { timeout: 0 })],
  ['getDest', value, 'dest', (ipvs) => ipvs.getDest(tcp, '')],
  ['listServices', type, 'signal', (ipvs) => ipvs.listServices({ signal: wrong({}) })],
  ['listServices', type, 'bigint', (ipvs) => ipvs.listServices({ bigint: wrong(1) })],
  ['listServices', type, 'options', (ipvs) => ipvs.listServices(wrong(null))],
  ['listDests', type, 'timeout', (ipvs) => ipvs.listDests(tcp, { timeout: wrong('1') })],
  ['flush', type, 'options', (ipvs) => ipvs.flush(wrong(7))],
  ['zero', value, 'service', (ipvs) => ipvs.zero('x')],
  ['setTimeouts', value, 'timeouts', (ipvs) => ipvs.setTimeouts({})],
  ['setTimeouts', range, 'tcp', (ipvs) => ipvs.setTimeouts({ tcp: 0 })],
  ['setTimeouts', range, 'udp', (ipvs) => ipvs.setTimeouts({ udp: 2_147_484 })],
  ['setTimeouts', value, 'timeouts.tcpfin', (ipvs) => ipvs.setTimeouts(wrong({ tcpfin: 1 }))],
  ['snapshot', value, 'verify', (ipvs) => ipvs.snapshot({ verify: wrong('none') })],
];

const listings: Row[] = (
  [
    [range, 'limit', { limit: 0 }],
    [range, 'limit', { limit: 1.5 }],
    [range, 'pageSize', { pageSize: 0 }],
    [range, 'pageSize', { pageSize: 65_537 }],
    [range, 'sample', { sample: 0 }],
    [range, 'sample', { sample: 2 ** 32 }],
    [value, 'source', { source: 'netlink' }],
    [value, 'protocol', { protocol: 'icmp' }],
    [value, 'templates', { templates: 'yes' }],
    [type, 'templates', { templates: true }],
    [value, 'state', { state: '' }],
    [type, 'state', { state: 1 }],
    [value, 'service', { service: 'x' }],
    [value, 'dest.address', { dest: 'x' }],
    [value, 'client', { client: '10.0.0.0/8/8' }],
    [value, 'client', { client: '' }],
    [range, 'client', { client: '10.0.0.0/33' }],
    [range, 'client', { client: '10.0.0.0/' }],
    [range, 'client', { client: '10.0.0.0/x' }],
    [type, 'client', { client: 7 }],
    [value, 'options.states', { states: 'x' }],
    [range, 'timeout', { timeout: -1 }],
  ] as const
).flatMap(([code, words, options]) => [
  ['listConnections', code, words, (ipvs) => ipvs.listConnections(wrong(options)).next()],
  ['listConnectionPages', code, words, (ipvs) => ipvs.listConnectionPages(wrong(options)).next()],
]);

const rows = [...settings, ...dests, ...others, ...listings];

describe('a mistake in an argument', () => {
  it.each(rows)('%s refuses with %s: %s', async (_, code, words, act) => {
    const { addon, ipvs } = await openFakeIpvs();
    const error = await Promise.resolve(act(ipvs)).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code, message: expect.stringContaining(words) });
    expect(error).toBeInstanceOf(code === range ? RangeError : TypeError);
    await flushed();
    expect(addon.requests).toEqual([]);
  });

  it('is a rejection, never thrown at the caller', async () => {
    const { ipvs } = await openFakeIpvs();
    const calls = rows.map(([, , , act]) => act(ipvs));
    for (const call of calls) expect(call).toBeInstanceOf(Promise);
    expect((await Promise.allSettled(calls)).every(({ status }) => status === 'rejected')).toBe(
      true,
    );
  });
});

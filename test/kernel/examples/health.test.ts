import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Check } from '../../../docs/examples/health/checks.js';
import { httpCheck, tcpCheck, tlsCheck } from '../../../docs/examples/health/checks.js';
import { probe } from '../../../docs/examples/health/probe.js';
import { openListener } from '../../../src/netns/index.js';
import { get, Network, Program, service, until, vip } from './network.js';

// A kernel in QEMU answers, but not soon.
const args = [
  ...['--netns', 'vm1', '--device', 'ens3', '--http', '/'],
  ...['--interval', '100', '--timeout', '5000'],
];
const both = { '10.0.0.20': 1, '10.0.0.30': 1 };

let network: Network;
let checker: Program;

async function weights(expected: Record<string, number>): Promise<void> {
  await until(
    () => JSON.stringify(network.weights()) === JSON.stringify(expected),
    () => `${JSON.stringify(expected)} in: ${network.saved().join('\n')}\n${checker.output}`,
  );
}

beforeAll(async () => {
  network = await Network.build();
});
afterAll(() => network[Symbol.asyncDispose]());

describe('the health checker', () => {
  beforeEach(async () => {
    for (const server of Object.values(network.web)) {
      server.status = 200;
      await server.start();
    }
    checker = new Program('health', args);
    await checker.printed('10.0.0.30 port 80 is watched');
  });
  afterEach(async () => {
    await checker.stop();
    for (const server of Object.values(network.web)) await server.stop();
    await network.ipvs.flush();
    await network.ipvs.addService({ protocol: 'tcp', address: vip, port: 80, scheduler: 'rr' });
    for (const address of Object.keys(both)) await network.ipvs.addDest(service, { address });
  });

  it('takes the weight of a server that is not well, and of no other, and gives it back', async () => {
    network.web.vm2.status = 503;
    await weights({ ...both, '10.0.0.20': 0 });
    await checker.printed('10.0.0.20 port 80 is down: HTTP status 503\n');
    expect(await get()).toBe('vm3');
    network.web.vm2.status = 200;
    await weights(both);
    await checker.printed('10.0.0.20 port 80 is up\n');
    await network.web.vm3.stop();
    await weights({ ...both, '10.0.0.30': 0 });
    await checker.printed('10.0.0.30 port 80 is down: connect ECONNREFUSED');
  });

  it('knows after a restart what it has to give back', async () => {
    await network.ipvs.updateDest(service, '10.0.0.20', { weight: 7 });
    await until(
      () => network.saved().some((line) => /^-a -f \d+ -r 10\.0\.0\.20:80 -g -w 7$/.test(line)),
      () => 'the new weight being known',
    );
    await network.web.vm2.stop();
    await weights({ ...both, '10.0.0.20': 0 });
    expect(await checker.stop()).toBe(0);
    const before = network.saved();
    await network.web.vm2.start();
    checker = new Program('health', args);
    await weights({ ...both, '10.0.0.20': 7 });
    await checker.printed('10.0.0.20 port 80 is up\n');
    expect(checker.output).not.toContain('watched');
    expect(before.filter((line) => line.startsWith('-A -f'))).toHaveLength(2);
  });

  it('leaves a server alone that somebody else drains, until it is used again', async () => {
    await network.ipvs.updateDest(service, '10.0.0.20', { weight: 0 });
    await checker.printed('10.0.0.20 port 80 is left to whoever has set its weight to 0');
    await network.ipvs.removeDest(service, '10.0.0.20');
    await network.ipvs.addDest(service, { address: '10.0.0.20', weight: 3 });
    await until(
      () => checker.output.split('10.0.0.20 port 80 is watched').length === 3,
      () => checker.output,
    );
    await network.ipvs.removeDest(service, '10.0.0.30');
    await until(
      () => network.saved().filter((line) => line.startsWith('-A -f')).length === 1,
      () => 'the probe service being removed',
    );
    expect(network.weights()).toEqual({ '10.0.0.20': 3 });
  });
});

describe('a probe', () => {
  const settings = { vip, port: 80, source: '10.0.0.10', netns: 'vm1', timeout: 5000 };

  async function outcome(mark: number, check: Check, timeout = 5000): Promise<string> {
    return (await probe(mark, { ...settings, check, timeout }))?.message ?? 'well';
  }

  beforeAll(async () => {
    for (const [mark, address] of [
      [1, '10.0.0.20:80'],
      [2, '10.0.0.30:80'],
    ] as const) {
      await network.ipvs.addService({ fwmark: mark });
      await network.ipvs.addDest({ fwmark: mark }, address);
    }
    await network.web.vm2.start();
  });

  it('reaches the real server of its mark, whatever that is, by http and by tcp', async () => {
    expect(await outcome(1, httpCheck('/', 'x'))).toBe('well');
    expect(await outcome(1, tcpCheck('GET / HTTP/1.0\r\n\r\n', /\r\n\r\nvm2/))).toBe('well');
    expect(await outcome(1, tcpCheck())).toBe('well');
    expect(await outcome(2, tcpCheck())).toMatch(/^connect ECONNREFUSED 10\.0\.0\.1:80/);
    expect(await outcome(1, tcpCheck('', /never/), 200)).toContain('aborted');
  });

  it('serves tls', async () => {
    // A shared key in place of certificates: nothing that expires.
    const key = { psk: Buffer.alloc(32, 7), identity: 'probe' };
    const shared = { ciphers: 'PSK', minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
    const server = tls.createServer({ ...shared, pskCallback: () => key.psk, pskIdentityHint: '' });
    server.listen({ fd: await openListener({ netns: 'vm3', address: '0.0.0.0', port: 80 }) });
    const options = { ...shared, pskCallback: () => key, checkServerIdentity: () => undefined };
    expect(await outcome(2, tlsCheck(options))).toBe('well');
    expect(await outcome(1, tlsCheck(options))).not.toBe('well');
    await new Promise((resolve) => server.close(resolve));
  });
});

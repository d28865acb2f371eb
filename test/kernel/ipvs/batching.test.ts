import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runProgram, useDirector } from './support.js';

const test = useDirector();
const folder = mkdtempSync(path.join(tmpdir(), 'lvs-batching-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const name = 'tcp://10.0.0.1:80';

describe('10 000 calls in one Promise.all', () => {
  it('reach the kernel in few system calls, and each failing one rejects alone', () => {
    const { director } = test;
    const trace = path.join(folder, 'trace');
    const { status, output, errors } = runProgram(
      `
      const ipvs = await Ipvs.open({ netns: '${director.name}' });
      const service = (port) => ({ protocol: 'tcp', address: '10.0.0.1', port });
      // Many services of few destinations: the kernel looks through a service's list for twins.
      await Promise.all(Array.from({ length: 100 }, (_, port) => ipvs.addService(service(port + 1))));
      const calls = Array.from({ length: 10000 }, (_, index) => {
        const port = (index % 100) + 1;
        if (index % 1000 === 500) return ipvs.addDest(service(60000), '10.1.0.1');
        if (index % 1000 === 700) return ipvs.addDest(service(port), '224.0.0.1');
        const twin = index % 1000 === 900 ? 100 : 0;
        return ipvs.addDest(service(port), '10.1.' + Math.floor((index - twin) / 100) + '.1');
      });
      const outcomes = await Promise.allSettled(calls);
      const failed = outcomes.flatMap(({ status, reason }, index) =>
        status === 'rejected' ? [[index, reason.code, reason.object]] : []);
      console.log(JSON.stringify(failed));
      await ipvs.close();`,
      { before: ['strace', '-f', '-qq', '-o', trace, '-e', 'trace=sendto,sendmsg,sendmmsg'] },
    );
    expect({ status, errors }).toEqual({ status: 0, errors: '' });
    const expected = Array.from({ length: 10 }, (_, thousand) => [
      [thousand * 1000 + 500, 'ESRCH', '10.1.0.1:60000 of tcp://10.0.0.1:60000'],
      [thousand * 1000 + 700, 'EINVAL', '224.0.0.1:1 of tcp://10.0.0.1:1'],
      [thousand * 1000 + 900, 'EEXIST', `10.1.${thousand * 10 + 8}.1:1 of tcp://10.0.0.1:1`],
    ]).flat();
    expect(JSON.parse(output)).toEqual(expected);
    const sends = readFileSync(trace, 'utf8').match(
      /send(to|msg|mmsg)\(\d+, (\[\{nlmsg|\{msg_name)?/g,
    );
    const netlink = readFileSync(trace, 'utf8').match(/AF_NETLINK/g) ?? [];
    expect(netlink.length).toBeLessThanOrEqual(20);
    expect(sends?.length).toBeGreaterThan(5);
    expect(test.director.saved().filter((line) => line.startsWith('-a'))).toHaveLength(9970);
  }, 60_000);
});

describe('a snapshot of many services', () => {
  it('costs two system calls a service', () => {
    const { director } = test;
    const trace = path.join(folder, 'snapshot');
    const services = 500;
    const { status, output, errors } = runProgram(
      `
      const ipvs = await Ipvs.open({ netns: '${director.name}' });
      const add = (fwmark) => [ipvs.addService({ fwmark }), ipvs.addDest('fwmark:' + fwmark, '10.0.0.20')];
      await Promise.all(Array.from({ length: ${services} }, (_, index) => add(index + 1)).flat());
      const { services, torn } = await ipvs.snapshot();
      const dests = services.map(({ dests }) => dests.map(({ address }) => address).join());
      console.log(JSON.stringify([torn, dests.length, [...new Set(dests)]]));
      await ipvs.close();`,
      { before: ['strace', '-f', '-qq', '-o', trace, '-e', 'trace=sendto,recvmmsg'] },
    );
    expect({ status, errors }).toEqual({ status: 0, errors: '' });
    expect(JSON.parse(output)).toEqual([false, services, ['10.0.0.20']]);
    const calls = readFileSync(trace, 'utf8').split('\n');
    const dumps = calls.filter((line) => /sendto\(.*(?:NLM_F_DUMP|0x300)/.test(line));
    expect(dumps).toHaveLength(services + 2);
    const threads = dumps.map((line) => line.split(' ')[0]);
    expect(new Set(threads).size).toBe(1);
    const ofThread = calls.filter((line) => line.startsWith(`${threads[0]} `));
    const receives = ofThread.filter((line) => line.includes('recvmmsg('));
    expect(receives.length).toBeLessThan(services * 1.2);
  }, 60_000);
});

describe('calls of one tick', () => {
  it('are carried out in their order', async () => {
    const { director, ipvs } = test;
    await Promise.all([
      ipvs.addService({ protocol: 'tcp', address: '10.0.0.1', port: 80 }),
      ipvs.addDest(name, { address: '10.0.0.20', weight: 1 }),
      ipvs.updateDest(name, '10.0.0.20', { weight: 2 }),
      ipvs.addDest(name, '10.0.0.21'),
      ipvs.removeDest(name, '10.0.0.21'),
      ipvs.listDests(name),
    ]);
    expect(director.saved()).toEqual([
      '-A -t 10.0.0.1:80 -s wlc',
      '-a -t 10.0.0.1:80 -r 10.0.0.20:80 -g -w 2',
    ]);
  });

  it('that read stand between those that write', async () => {
    const { ipvs } = test;
    const service = (port: number) => ({ protocol: 'udp', address: '10.0.0.1', port }) as const;
    const counts = [1, 2, 3].map(async (port) => {
      void ipvs.addService(service(port));
      return (await ipvs.listServices()).length;
    });
    expect(await Promise.all(counts)).toEqual([1, 2, 3]);
  });

  it('of two handles both succeed', async () => {
    const { director, ipvs } = test;
    const second = await director.open();
    const calls = Array.from({ length: 400 }, (_, port) =>
      (port % 2 === 0 ? ipvs : second).addService({ fwmark: port + 1 }),
    );
    await Promise.all(calls);
    expect(await ipvs.listServices()).toHaveLength(400);
  });
});

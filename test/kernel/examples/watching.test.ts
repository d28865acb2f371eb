import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { get, Network, Program, until } from './network.js';

let network: Network;

beforeAll(async () => {
  network = await Network.build();
  for (const server of Object.values(network.web)) await server.start();
});
afterAll(() => network[Symbol.asyncDispose]());

describe('top', () => {
  const columns = /REAL SERVER +FWD +WEIGHT +ACTIVE +INACTIVE +CONN\/S +IN\/S +OUT\/S/;

  it('takes a terminal over, shows what is new, and gives it back', async () => {
    const terminal = ['script', '--quiet', '--return', '/dev/null', '--command'];
    const top = new Program('top', ['--netns', 'vm1', '--interval', '200'], terminal);
    await top.printed('tcp://10.0.0.1:80  rr');
    expect(top.output).toContain('\u001b[?1049h');
    expect(top.output).toMatch(columns);
    const rate = /10\.0\.0\.20:80 +dr +1 +\d+ +\d+ +(?!0\.0)\d+\.\d +[\d.]+ k?B/;
    await until(
      async () => {
        await get();
        return rate.test(top.output);
      },
      () => `a rate in: ${top.output}`,
    );
    expect(top.output).not.toContain('\u001b[?1049l');
    top.type('q');
    expect(await top.ended()).toBe(0);
    expect(top.output.endsWith('\u001b[?25h\u001b[?1049l')).toBe(true);
  });

  it('prints a table without escapes into a pipe', async () => {
    const top = new Program('top', ['--netns', 'vm1', '--interval', '50']);
    expect(await top.ended()).toBe(0);
    expect(top.output).toMatch(columns);
    expect(top.output).toMatch(/^tcp:\/\/10\.0\.0\.1:80 {2}rr\n {2}10\.0\.0\.30:80 +dr +1 /m);
    expect(top.output).not.toContain('\u001b');
  });
});

it('metrics are what Prometheus reads, and what ipvsadm counts', async () => {
  const port = '9123';
  const metrics = new Program('metrics', [port, 'vm1']);
  const scrape = async (): Promise<string> =>
    await (await fetch(`http://localhost:${port}/metrics`)).text();
  await until(
    () =>
      scrape().then(
        () => true,
        () => false,
      ),
    () => `an answer: ${metrics.output}`,
  );
  for (let i = 0; i < 4; i++) await get();
  const labels = 'service="tcp://10.0.0.1:80",dest="10.0.0.20:80"';
  await until(
    async () => /lvs_dest_connections_total\{[^}]*20:80"\} [1-9]/.test(await scrape()),
    () => 'connections being counted',
  );
  const text = await scrape();
  const line = /^(?:# TYPE \w+ (?:gauge|counter)|\w+\{\w+="[^"]*"(?:,\w+="[^"]*")*\} \d+)$/;
  expect(
    text
      .trimEnd()
      .split('\n')
      .filter((each) => !line.test(each)),
  ).toEqual([]);
  expect(text).toContain(`\nlvs_dest_weight{${labels}} 1\n`);
  await metrics.stop();
});

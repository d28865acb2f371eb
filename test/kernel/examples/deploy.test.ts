import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectTo } from '../../../docs/examples/demo/http.js';
import { swapDest } from '../../../docs/examples/deploy/swap.js';
import { get, Network, Program, service, until } from './network.js';

let network: Network;

beforeAll(async () => {
  network = await Network.build();
  for (const server of Object.values(network.web)) await server.start();
});
afterAll(() => network[Symbol.asyncDispose]());

/** Clients that ask for the page one time after the other, until they are told to stop. */
function load(clients: number): { readonly end: () => Promise<PromiseSettledResult<string>[]> } {
  const requests: Promise<string>[] = [];
  let ended = false;
  const client = async (): Promise<void> => {
    while (!ended) {
      const request = get();
      requests.push(request);
      await request.catch(() => undefined);
    }
  };
  const running = Array.from({ length: clients }, client);
  return {
    end: async () => {
      ended = true;
      await Promise.all(running);
      return await Promise.allSettled(requests);
    },
  };
}

it('both real servers are replaced under load, and no request fails', async () => {
  const { vm2, vm3 } = network.web;
  const before = network.saved();
  for (const server of [vm2, vm3]) server.delay = 50;
  const clients = load(4);
  const isBusy = async (dest: string): Promise<boolean> =>
    ((await network.ipvs.getDest(service, dest))?.activeConnections ?? 0) > 0;
  const options = { deadline: 20_000, interval: 20 };
  for (const [address, server] of [
    ['10.0.0.20', vm2],
    ['10.0.0.30', vm3],
  ] as const) {
    const renew = async (): Promise<void> => {
      await server.stop();
      server.text += ', new';
      await sleep(100);
      await server.start();
    };
    await until(
      () => isBusy(address),
      () => `requests to ${address}`,
    );
    await swapDest(network.ipvs, service, address, renew, options);
  }
  await until(
    () => isBusy('10.0.0.30'),
    () => 'requests to the new server',
  );
  const outcomes = await clients.end();
  const kinds = outcomes.map((outcome) =>
    outcome.status === 'fulfilled' ? outcome.value : String(outcome.reason),
  );
  expect([...new Set(kinds)].sort()).toEqual(['vm2', 'vm2, new', 'vm3', 'vm3, new']);
  expect(network.saved()).toEqual(before);
});

it('a real server whose clients stay beyond the deadline keeps its weight', async () => {
  const held = [await connectTo('10.0.0.1'), await connectTo('10.0.0.1')];
  const before = network.saved();
  const work = (): never => expect.unreachable('it was taken out');
  const swap = swapDest(network.ipvs, service, '10.0.0.20', work, { deadline: 200, interval: 50 });
  await expect(swap).rejects.toThrow('10.0.0.20 still has 1 connections after 200 ms');
  expect(network.saved()).toEqual(before);
  for (const { socket } of held) socket.destroy();
});

it('the script runs a command for each', async () => {
  const before = network.saved();
  const command = ['--', 'sh', '-c', 'echo renewed {}'];
  const deploy = new Program('deploy', ['--netns', 'vm1', '--interval', '50', ...command]);
  expect(await deploy.ended()).toBe(0);
  expect(deploy.output).toBe(
    ['10.0.0.30', '10.0.0.20']
      .flatMap((address) => [
        `${address}: no new connections`,
        `renewed ${address}`,
        `${address}: back in service`,
      ])
      .map((line) => `${line}\n`)
      .join(''),
  );
  expect(network.saved()).toEqual(before);
});

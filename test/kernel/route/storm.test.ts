import { expect, it } from 'vitest';
import type { InterfaceAddress } from '../../../src/route/index.js';
import { Rtnl } from '../../../src/route/index.js';
import { Reader } from './reader.js';
import { useRoom } from './support.js';

const room = useRoom();

const changes = 100_000;
/** Addresses that are added in one batch, and removed in the next. */
const batch = Array.from({ length: 500 }, (_, i) => i);
/** Changes before anything is read, which are more than fit in the socket. */
const unread = 4000;

it('a slow reader of a hundred thousand changes ends with the view of the kernel', async () => {
  const { route } = room;
  room.ip('link add ens3 type veth peer name ens4');
  await using watcher = await Rtnl.open({ netns: room.netns });
  const watch = watcher.watch({
    addresses: { family: 'ipv4' },
    initial: true,
    bufferSize: 256 << 10,
  });
  await watch.ready();
  let made = 0;
  const run = async (calls: Promise<unknown>[]): Promise<void> => {
    made += (await Promise.all(calls)).length;
  };
  const storm = async (until: number): Promise<void> => {
    while (made < until) {
      const round = (made / batch.length) % 200;
      const key = (i: number) => ({ device: 'ens3', address: `10.${round}.${i >> 8}.${i & 255}` });
      await run(batch.map((i) => route.addAddress({ ...key(i), label: `ens3:${i % 9}` })));
      // What was added last stays.
      if (made < until) await run(batch.map((i) => route.removeAddress(key(i))));
    }
  };
  await storm(unread);
  let events = 0;
  // It takes its time now and then, so that it falls behind again and again.
  const reader = await Reader.of(watch, () =>
    ++events % 64 === 0 ? new Promise((resolve) => setTimeout(resolve, 1)) : Promise.resolve(),
  );
  await storm(changes);
  expect(made).toBe(changes);
  await reader.agrees('address', () => route.listAddresses({ family: 'ipv4' }));
  expect(reader.view('address').map(toldAs).sort()).toEqual(shown());
  expect(reader.events.some(({ kind }) => kind === 'overrun')).toBe(true);
  await reader.close();
}, 180_000);

function toldAs(text: string): string {
  const { device, address, label } = JSON.parse(text) as InterfaceAddress;
  return `${device} ${address} ${label}`;
}

/** The addresses that `ip` shows. */
function shown(): string[] {
  return room
    .json(['address show'], '-4')
    .flatMap(({ ifname, addr_info: infos }) =>
      (infos as Record<string, unknown>[]).map(
        ({ local, prefixlen, label }) => `${ifname} ${local}/${prefixlen} ${label}`,
      ),
    )
    .sort();
}

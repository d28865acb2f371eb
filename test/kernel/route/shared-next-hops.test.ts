import { afterEach, beforeEach, expect, it } from 'vitest';
import { Reader } from './reader.js';
import { useRoom } from './support.js';

const room = useRoom();
let reader: Reader;

beforeEach(async () => {
  room.ip(
    'link add ens3 type dummy',
    'link set ens3 up',
    'address add 10.0.0.1/24 dev ens3',
    'nexthop add id 7 via 10.0.0.9 dev ens3',
    'route add 198.51.100.0/24 nhid 7',
  );
  reader = await Reader.of(room.route.watch({ routes: true, initial: true }));
});
afterEach(async () => {
  await reader.close();
  await room.route.removeLink('ens3');
});

it('take their routes along without a word, and a watch tells of it', async () => {
  await reader.until(({ kind }) => kind === 'settled');
  reader.take();
  room.ip('nexthop del id 7');
  const event = await reader.until(({ kind }) => kind === 'route');
  expect(event).toMatchObject({
    change: 'removed',
    route: { destination: '198.51.100.0/24' },
    resync: true,
  });
});

// Machines on which something is there already, or is changed by others meanwhile.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  DirectorOptions,
  Preparation,
  RealServerOptions,
} from '../../../src/recipes/index.js';
import { prepareDirector, prepareRealServer } from '../../../src/recipes/index.js';
import { Sysctl } from '../../../src/sysctl/index.js';
import { needing } from '../lacks.js';
import { useRoom } from '../route/support.js';

const room = useRoom();
const { netns } = room;
const vip = '10.9.0.1';
const v6 = '2001:db8:9::1';
const gone = 'it was gone already';
const tunnel: RealServerOptions = { vip, mode: 'tunnel', local: '10.9.0.20', netns };

/** On a wire on which nobody is, and where nobody has to hear of it. */
function director(
  options: Partial<DirectorOptions> & Pick<DirectorOptions, 'mode'>,
): DirectorOptions {
  return { vip, device: 'ens3', probe: false, announce: false, netns, ...options };
}

let sysctl: Sysctl;
beforeAll(async () => {
  room.ip('link set lo up', 'link add ens3 type veth peer name port', 'link set ens3 up');
  room.ip('link set port up', 'addr add 10.9.0.20/24 dev ens3');
  sysctl = await Sysctl.open({ netns });
});
afterAll(() => sysctl.close());

/** What became of the step about an object, when the preparation was undone. */
async function undone(preparation: Preparation, action: string): Promise<unknown> {
  return (await preparation.undo()).find((step) => step.action === action);
}

describe('a director', () => {
  it('gives the VIP the label that was asked for, or none where the name leaves no room', async () => {
    room.ip('link add abcdefghijklmn type dummy', 'link set abcdefghijklmn up');
    for (const [options, label] of [
      [{ label: 'ens3:vip' }, 'ens3:vip'],
      [{ device: 'abcdefghijklmn' }, 'abcdefghijklmn'],
    ] as const) {
      await using _ = await prepareDirector(director({ mode: 'dr', ...options }));
      expect(await room.route.listAddresses({ address: vip })).toMatchObject([{ label }]);
    }
    await room.route.removeLink('abcdefghijklmn');
  });

  it('leaves forwarding on where it was, and off where somebody turned it off', async () => {
    await using changed = await prepareDirector(director({ mode: 'nat' }));
    await using found = await prepareDirector(director({ mode: 'nat' }));
    expect(found.steps[0]).toMatchObject({ object: 'net.ipv4.ip_forward', outcome: 'unchanged' });
    await sysctl.set('ip_forward', false);
    const steps = await changed.undo();
    expect(steps.find(({ object }) => object === 'net.ipv4.ip_forward')).toMatchObject({
      undone: false,
      reason: 'somebody set it to false',
    });
  });

  it('does not take an IPv6 VIP for there that is still looked for, or taken away', async () => {
    room.ip('link add quiet type veth peer name nobody');
    const options = director({ mode: 'dr', vip: v6, device: 'quiet' });
    await expect(prepareDirector(options)).rejects.toMatchObject({
      code: 'ERR_LVS_NOT_VERIFIED',
      message: expect.stringContaining('it is still tentative after 5 s; is quiet up'),
    });
    const prepared = prepareDirector(options);
    const removed = async (): Promise<void> => {
      while ((await room.route.listAddresses({ address: v6 })).length === 0);
      await room.route.removeAddress({ device: 'quiet', address: v6 });
    };
    await Promise.all([
      removed(),
      expect(prepared).rejects.toMatchObject({
        code: 'ERR_LVS_NOT_VERIFIED',
        message: expect.stringContaining('then had none; somebody else changed it at once'),
      }),
    ]);
    await room.route.removeLink('quiet');
  });
});

describe('a real server', () => {
  needing('nat', () => {
    it('finds the rule of another, and leaves it', async () => {
      const options = { vip, mode: 'redirect', netns } as const;
      const first = await prepareRealServer(options);
      const second = await prepareRealServer(options);
      expect(second.steps).toMatchObject([{ action: 'add redirect', outcome: 'unchanged' }]);
      expect(await second.undo()).toEqual([]);
      expect(await undone(first, 'add redirect')).toMatchObject({ undone: true });
    });
  });

  it('sets a tunnel up that is there and down, and down again, unless it is used or gone', async () => {
    const isUp = async (): Promise<unknown> => (await room.route.getLink('own'))?.up;
    room.ip('link add own type ipip local 10.9.0.20');
    const first = await prepareRealServer(tunnel);
    expect(first.steps).toContainEqual({
      action: 'add link',
      object: 'own (ipip to 10.9.0.20)',
      outcome: 'changed',
    });
    expect(await isUp()).toBe(true);
    room.ip('addr add 10.9.9.9/32 dev own');
    expect(await undone(first, 'add link')).toMatchObject({
      undone: false,
      reason: 'own has 10.9.9.9/32',
    });
    expect(await isUp()).toBe(true);
    room.ip('addr del 10.9.9.9/32 dev own');
    expect(await undone(first, 'add link')).toMatchObject({ undone: true });
    expect(await isUp()).toBe(false);

    const second = await prepareRealServer(tunnel);
    room.ip('link del own');
    expect(await undone(second, 'add link')).toMatchObject({ undone: true, reason: gone });
  });
});

describe('what cannot be undone', () => {
  it('is told, and can be undone later', async () => {
    const preparation = await prepareRealServer({ vip, mode: 'loopback', netns });
    process.seteuid?.(65_534);
    try {
      await expect(preparation.undo()).rejects.toMatchObject({
        code: 'ERR_LVS_UNDO',
        cause: { errors: [{ code: 'EPERM' }, { code: 'EPERM' }, { code: 'EPERM' }] },
      });
    } finally {
      process.seteuid?.(0);
    }
    expect(await preparation.undo()).toHaveLength(3);
    expect(await preparation.undo()).toEqual([]);
    expect(await sysctl.get('arp_ignore')).toBe(0);
  });
});

import { createNetns, listNetns, removeNetns } from 'lvs/netns';
import { Rtnl } from 'lvs/route';

export const picture = `
                              br0   10.0.0.0/24
      ━━━━━┳━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━┳━━━━━
           ┃                ┃                  ┃                  ┃
     ┏━━━━━┻━━━━━┓   ┏━━━━━━┻━━━━━━┓    ┏━━━━━━┻━━━━━━┓    ┏━━━━━━┻━━━━━━┓
     ┃  client   ┃   ┃  vm1        ┃    ┃  vm2        ┃    ┃  vm3        ┃
     ┃ 10.0.0.100┃   ┃  10.0.0.10  ┃    ┃  10.0.0.20  ┃    ┃  10.0.0.30  ┃
     ┃           ┃   ┃  + 10.0.0.1 ┃    ┃  HTTP       ┃    ┃  HTTP       ┃
     ┗━━━━━━━━━━━┛   ┗━━━━━━━━━━━━━┛    ┗━━━━━━━━━━━━━┛    ┗━━━━━━━━━━━━━┛
                        director          real server        real server

     request   client ──▶ vm1, as 10.0.0.1 ──▶ vm2 or vm3, in a frame to its MAC address
     answer    client ◀─────────────────────── vm2 or vm3, as 10.0.0.1
`;

/** Where the bridge is. */
const network = 'lan';

/** Each host is a network namespace with one device, `ens3`, plugged into the bridge. */
const hosts = [
  { name: 'client', address: '10.0.0.100/24', macAddress: '02:00:00:00:01:00' },
  { name: 'vm1', address: '10.0.0.10/24', macAddress: '02:00:00:00:00:10' },
  { name: 'vm2', address: '10.0.0.20/24', macAddress: '02:00:00:00:00:20' },
  { name: 'vm3', address: '10.0.0.30/24', macAddress: '02:00:00:00:00:30' },
] as const;

type Host = (typeof hosts)[number];

/** The name of the host with that MAC address. */
export function hostOf(macAddress: string): string | undefined {
  return hosts.find((host) => host.macAddress === macAddress)?.name;
}

/** The network of the picture, which goes with everything in it at the end of `await using`. */
export class Topology implements AsyncDisposable {
  static async build(): Promise<Topology> {
    const topology = new Topology();
    try {
      await topology.#plug();
      return topology;
    } catch (error) {
      await topology[Symbol.asyncDispose]();
      throw error;
    }
  }

  readonly #namespaces: string[] = [];

  private constructor() {}

  async #plug(): Promise<void> {
    await this.#create(network);
    await using lan = await Rtnl.open({ netns: network });
    await lan.addLink({ kind: 'bridge', name: 'br0', up: true });
    for (const host of hosts) {
      await this.#create(host.name);
      await connect(lan, host);
    }
  }

  async #create(name: string): Promise<void> {
    await createNetns(name);
    this.#namespaces.push(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const there = await listNetns();
    for (const name of this.#namespaces) if (there.includes(name)) await removeNetns(name);
  }
}

async function connect(lan: Rtnl, { name, address, macAddress }: Host): Promise<void> {
  await lan.addLink({
    kind: 'veth',
    name,
    master: 'br0',
    up: true,
    peer: { name: 'ens3', netns: name, macAddress },
  });
  await using route = await Rtnl.open({ netns: name });
  await route.updateLink('lo', { up: true });
  await route.updateLink('ens3', { up: true });
  await route.addAddress({ device: 'ens3', address });
}

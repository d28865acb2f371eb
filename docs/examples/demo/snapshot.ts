import type { Scene } from './scene.js';

/** Everything that the story changes, as the kernel has it now. IPv6 is none of its business. */
export interface Snapshot {
  readonly services: readonly unknown[];
  /** By host. */
  readonly addresses: { readonly [host in string]?: readonly unknown[] };
  readonly rules: { readonly [host in string]?: readonly unknown[] };
}

export async function takeSnapshot({ route, ipvs, realServers }: Scene): Promise<Snapshot> {
  const [vm2, vm3] = realServers;
  return {
    services: await ipvs.listServices(),
    addresses: {
      vm1: await route.listAddresses({ family: 'ipv4' }),
      vm2: await vm2.route.listAddresses({ family: 'ipv4' }),
      vm3: await vm3.route.listAddresses({ family: 'ipv4' }),
    },
    rules: { vm2: await vm2.nat.listRules(), vm3: await vm3.nat.listRules() },
  };
}

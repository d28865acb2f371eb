// A user's program, to be compiled with every strictness that TypeScript has, libraries included.
import type { Destination, Service } from 'lvs';
import { Ipvs, LvsError } from 'lvs';
import { capture } from 'lvs/capture';
import { Nat } from 'lvs/nat';
import { createNetns } from 'lvs/netns';
import { Rtnl } from 'lvs/route';
import { Sysctl } from 'lvs/sysctl';
import { Xtables } from 'lvs/xtables';

export const used: readonly unknown[] = [capture, Nat, createNetns, Sysctl, Xtables];

export async function main(): Promise<void> {
  await using ipvs = await Ipvs.open({ timeout: 1000, signal: AbortSignal.timeout(1000) });
  const service: Service | undefined = await ipvs.getService('tcp://10.0.0.1:80');
  const dests: Destination[] = await ipvs.listDests('tcp://10.0.0.1:80');
  const route: Rtnl = await Rtnl.open();
  try {
    console.log(service?.scheduler.toUpperCase(), dests[0]?.weight.toFixed(0));
    // @ts-expect-error a port is a number
    await ipvs.addDest('tcp://10.0.0.1:80', { address: '10.0.0.20', port: '80' });
  } catch (error) {
    if (error instanceof LvsError) console.error(error.code satisfies string);
  } finally {
    await route.close();
  }
}

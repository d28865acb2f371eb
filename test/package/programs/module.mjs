// What an ES module of a user does first: imports every entry, opens a handle, makes a request of the kernel.
import * as lvs from 'lvs';
import * as capture from 'lvs/capture';
import * as nat from 'lvs/nat';
import * as netns from 'lvs/netns';
import { Rtnl } from 'lvs/route';
import * as sysctl from 'lvs/sysctl';
import * as xtables from 'lvs/xtables';

const entries = { lvs, capture, nat, netns, route: { Rtnl }, sysctl, xtables };
for (const [name, entry] of Object.entries(entries)) {
  if (Object.keys(entry).length === 0) throw new Error(`${name} exports nothing`);
}
const route = await Rtnl.open();
const [loopback] = await route.listAddresses({ device: 'lo', family: 'ipv4' });
await route.close();
console.log(JSON.stringify({ loopback: loopback?.address, ipvs: typeof lvs.Ipvs.open }));

// What an ES module of a user does first: imports every entry, opens a handle, makes a request of the kernel.
import { createRequire } from 'node:module';
import { Ipvs } from 'lvs';
import { Rtnl } from 'lvs/route';

const { name, exports } = createRequire(import.meta.url)('lvs/package.json');
for (const [entry, target] of Object.entries(exports)) {
  if (typeof target === 'string') continue;
  const module = await import(entry.replace('.', name));
  if (Object.keys(module).length === 0) throw new Error(`${entry} exports nothing`);
}
const route = await Rtnl.open();
const [loopback] = await route.listAddresses({ device: 'lo', family: 'ipv4' });
await route.close();
console.log(JSON.stringify({ loopback: loopback?.address, ipvs: typeof Ipvs.open }));

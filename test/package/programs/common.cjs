// The same as a CommonJS program, which has no `await` at its top.
const { Ipvs } = require('lvs');
const { Rtnl } = require('lvs/route');

async function main() {
  const route = await Rtnl.open();
  const [loopback] = await route.listAddresses({ device: 'lo', family: 'ipv4' });
  await route.close();
  console.log(JSON.stringify({ loopback: loopback?.address, ipvs: typeof Ipvs.open }));
}

void main();

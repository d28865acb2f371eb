// node main.js --service tcp://10.0.0.1:80 -- ssh root@{} systemctl restart app
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { Ipvs } from 'lvs';
import { swapDest } from './swap.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    service: { type: 'string', default: 'tcp://10.0.0.1:80' },
    netns: { type: 'string' },
    deadline: { type: 'string', default: '60000' },
    interval: { type: 'string', default: '500' },
  },
});
const options = { deadline: Number(values.deadline), interval: Number(values.interval) };

/** Runs the command for a real server, whose address stands in place of `{}`. */
async function renew(address: string): Promise<void> {
  const [command = 'true', ...args] = positionals.map((word) => word.replaceAll('{}', address));
  const [status] = await once(spawn(command, args, { stdio: 'inherit' }), 'close');
  if (status !== 0) throw new Error(`${command} ended with ${status}; ${address} stays out`);
}

await using ipvs = await Ipvs.open({ netns: values.netns });
for (const dest of await ipvs.listDests(values.service)) {
  if (dest.weight === 0) continue;
  console.log(`${dest.address}: no new connections`);
  await swapDest(ipvs, values.service, dest, () => renew(dest.address), options);
  console.log(`${dest.address}: back in service`);
}

import type { Scene } from '../scene.js';
import { serviceLines } from '../service-lines.js';

export async function addService({ narrator, ipvs }: Scene): Promise<void> {
  narrator.step(
    'A service, and two real servers behind it',
    'No scheduler is named: like ipvsadm, the library takes wlc. The forwarding method is direct\nrouting: packets go on as they came, but for the MAC address.',
  );
  await narrator.perform('vm1', 'ipvsadm -A -t 10.0.0.1:80', () =>
    ipvs.addService({ protocol: 'tcp', address: '10.0.0.1', port: 80 }),
  );
  await narrator.perform('vm1', 'ipvsadm -a -t 10.0.0.1:80 -r 10.0.0.20:80 -g', () =>
    ipvs.addDest('tcp://10.0.0.1:80', { address: '10.0.0.20', port: 80, fwd: 'dr' }),
  );
  await narrator.perform('vm1', 'ipvsadm -a -t 10.0.0.1:80 -r 10.0.0.30:80 -g', () =>
    ipvs.addDest('tcp://10.0.0.1:80', { address: '10.0.0.30', port: 80, fwd: 'dr' }),
  );
  narrator.kernel('vm1', await serviceLines(ipvs));
  const service = await ipvs.getService('tcp://10.0.0.1:80');
  narrator.check('the service has the scheduler wlc', service?.scheduler, 'wlc');
  const dests = await ipvs.listDests('tcp://10.0.0.1:80');
  narrator.check(
    'both real servers are there, by direct routing',
    dests.map(({ address, port, fwd }) => ({ address, port, fwd })).sort(byAddress),
    [
      { address: '10.0.0.20', port: 80, fwd: 'dr' },
      { address: '10.0.0.30', port: 80, fwd: 'dr' },
    ],
  );
}

function byAddress(a: { readonly address: string }, b: { readonly address: string }): number {
  return a.address < b.address ? -1 : 1;
}

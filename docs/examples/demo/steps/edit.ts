import type { Destination } from 'lvs';
import type { Scene } from '../scene.js';
import { serviceLines } from '../service-lines.js';

export async function edit({ narrator, ipvs }: Scene): Promise<void> {
  narrator.step(
    'The service is edited',
    'Connections shall go to the real servers in turn, and no more than four to each. The kernel would\nreplace everything; an update keeps what it does not name.',
  );
  const before = await ipvs.listDests('tcp://10.0.0.1:80');
  await narrator.perform('vm1', 'ipvsadm -E -t 10.0.0.1:80 -s rr', () =>
    ipvs.updateService('tcp://10.0.0.1:80', { scheduler: 'rr' }),
  );
  await narrator.perform('vm1', 'ipvsadm -e -t 10.0.0.1:80 -r 10.0.0.20:80 -g -w 1 -x 4', () =>
    ipvs.updateDest('tcp://10.0.0.1:80', '10.0.0.20:80', { upperThreshold: 4 }),
  );
  await narrator.perform('vm1', 'ipvsadm -e -t 10.0.0.1:80 -r 10.0.0.30:80 -g -w 1 -x 4', () =>
    ipvs.updateDest('tcp://10.0.0.1:80', '10.0.0.30:80', { upperThreshold: 4 }),
  );
  narrator.kernel('vm1', await serviceLines(ipvs));
  const service = await ipvs.getService('tcp://10.0.0.1:80');
  const after = await ipvs.listDests('tcp://10.0.0.1:80');
  narrator.check('the scheduler is rr', service?.scheduler, 'rr');
  narrator.check(
    'of the real servers nothing but the threshold has changed',
    after,
    before.map((dest): Destination => ({ ...dest, upperThreshold: 4 })),
  );
}

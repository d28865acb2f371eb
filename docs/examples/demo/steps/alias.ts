import type { InterfaceAddress } from 'lvs/route';
import type { Scene } from '../scene.js';

export async function addAlias({ narrator, route }: Scene): Promise<void> {
  narrator.step(
    'The director takes the virtual address',
    'Clients will know 10.0.0.1 only. vm1 has it beside its own address, under a label.',
  );
  await narrator.perform('vm1', 'ip addr add dev ens3 10.0.0.1/24 label ens3:1', () =>
    route.addAddress({ device: 'ens3', address: '10.0.0.1/24', label: 'ens3:1' }),
  );
  const addresses = await route.listAddresses({ device: 'ens3', family: 'ipv4' });
  narrator.kernel('vm1', addresses.map(describe));
  const [alias] = await route.listAddresses({ label: 'ens3:1' });
  narrator.check('10.0.0.1/24 is on ens3 under the label ens3:1', alias?.address, '10.0.0.1/24');
}

function describe({ device, address, label, secondary }: InterfaceAddress): string {
  return `${device}: ${address}${secondary === true ? ' secondary' : ''} label ${label}`;
}

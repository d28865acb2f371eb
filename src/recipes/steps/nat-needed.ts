import type { Address } from '../../address/index.js';
import { formatServiceName } from '../../ipvs/index.js';
import type { Tools } from '../tools.js';
import { unlessAbsent } from '../verify.js';

/** Whether a service other than the VIP's own still hands packets on by NAT; which one. */
export async function natNeeded(tools: Tools, vip: Address): Promise<string | undefined> {
  const ipvs = await unlessAbsent(tools.ipvs(), 'ENOENT');
  if (ipvs === undefined) return undefined;
  const { services } = await ipvs.snapshot(tools.options);
  const other = services.find(
    (service) =>
      !('address' in service && service.address === vip.text) &&
      service.dests.some(
        ({ fwd, address }) => fwd === 'nat' && address.includes(':') === (vip.family === 'ipv6'),
      ),
  );
  return other && `${formatServiceName(other)} hands packets on by NAT`;
}

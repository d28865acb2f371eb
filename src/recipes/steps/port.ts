import type { Address } from '../../address/index.js';
import type { Left } from '../journal.js';
import type { Step } from '../prepare.js';
import type { Tools } from '../tools.js';
import { checkDone, gone, unlessAbsent } from '../verify.js';
import { tunnelAt } from './tunnel.js';

/** Takes GUE packets that arrive at a UDP port out of it, for tunnels that end at `local`. */
export function addGuePort(port: number, local: Address): Step {
  const { family } = local;
  const key = { port, family } as const;
  return async (tools, journal) => {
    const fou = await tools.fou();
    const find = async (): Promise<boolean> => {
      const ports = await fou.listPorts({ family }, tools.options);
      return ports.some((other) => other.port === port && other.encapsulation === 'gue');
    };
    const step = { action: 'add UDP port', object: `${port} (${family}, gue)` } as const;
    if (await find()) {
      journal.found(step);
      return;
    }
    await fou.addPort({ ...key, encapsulation: 'gue' }, tools.options);
    journal.changed(step, (undoing) => removePort(undoing, key, local));
    checkDone(await find(), `${step.action} ${step.object}`, undefined);
  };
}

async function removePort(
  tools: Tools,
  key: { readonly port: number; readonly family: Address['family'] },
  local: Address,
): Promise<Left | undefined> {
  const device = await tunnelAt(tools, local);
  if (device !== undefined) {
    return { undone: false, reason: `${device} may still get packets by it` };
  }
  const fou = await tools.fou();
  const removed = fou.removePort(key, tools.options).then(() => true);
  return (await unlessAbsent(removed, 'EINVAL')) ? undefined : gone;
}

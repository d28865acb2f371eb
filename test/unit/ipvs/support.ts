import { IpvsCore } from '../../../src/ipvs/core.js';
import { Ipvs } from '../../../src/ipvs/index.js';
import { bindTables } from '../../../src/ipvs/tables.js';
import type { ProtocolDescription } from '../../../src/native/addon.js';
import { Connection } from '../../../src/native/connection.js';
import { loadAddon } from '../../../src/native/index.js';
import { Protocol } from '../../../src/native/table.js';
import { FakeAddon } from '../support/fake-addon.js';

/** A handle with the layouts of the real addon and nobody behind it. */
export async function openFakeIpvs(
  description: ProtocolDescription = loadAddon().describe('ipvs'),
): Promise<{ readonly addon: FakeAddon; readonly ipvs: Ipvs }> {
  const addon = new FakeAddon(description);
  const protocol = new Protocol('ipvs', description);
  const opening = Connection.open(addon, protocol, { netns: '', timeout: 5000 });
  addon.answer([0, {}]);
  const core = new IpvsCore(await opening, bindTables(protocol));
  return { addon, ipvs: Reflect.construct(Ipvs, [core]) };
}

/** Lets this tick's requests leave. */
export function flushed(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

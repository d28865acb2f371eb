import type { SysctlName, SysctlOptions, Sysctls } from '../../sysctl/index.js';
import { pathOf } from '../../sysctl/knobs.js';
import type { Left } from '../journal.js';
import type { Step } from '../prepare.js';
import type { Tools } from '../tools.js';
import { checkDone, gone, unlessAbsent } from '../verify.js';

/** A setting, and what it is to be. */
export interface Wish<N extends SysctlName> {
  readonly name: N;
  /** Default: `'all'`. */
  readonly device?: string | undefined;
  /** What it should be, given what it is; the same value where that will do. */
  readonly wanted: (current: Sysctls[N]) => Sysctls[N];
  /** Why it must not be set back, if somebody else needs it by then. */
  readonly needed?: ((tools: Tools) => Promise<string | undefined>) | undefined;
}

/** Sets a sysctl, and back; what has become of it since is left. */
export function setSysctl<N extends SysctlName>(wish: Wish<N>): Step {
  const { name, device, wanted } = wish;
  return async (tools, journal) => {
    const sysctl = await tools.sysctl();
    const options: SysctlOptions = { ...tools.options, ...(device !== undefined && { device }) };
    const before = await sysctl.get(name, options);
    const after = wanted(before);
    const action = 'set sysctl';
    const object = objectOf(name, device);
    if (after === before) {
      journal.found({ action, object, before, after });
      return;
    }
    await sysctl.set(name, after, options);
    journal.changed({ action, object, before, after }, (undoing) =>
      setBack(undoing, wish, before, after),
    );
    const now = await sysctl.get(name, options);
    checkDone(now === after, `${action} ${object}`, now);
  };
}

async function setBack<N extends SysctlName>(
  tools: Tools,
  { name, device, needed }: Wish<N>,
  before: Sysctls[N],
  after: Sysctls[N],
): Promise<Left | undefined> {
  const sysctl = await tools.sysctl();
  const options: SysctlOptions = { ...tools.options, ...(device !== undefined && { device }) };
  const now = await unlessAbsent(sysctl.get(name, options), 'ENOENT');
  if (now === undefined) return gone;
  if (now !== after) return { undone: false, reason: `somebody set it to ${now}` };
  const reason = await needed?.(tools);
  if (reason !== undefined) return { undone: false, reason };
  await sysctl.set(name, before, options);
  return undefined;
}

/** As `sysctl` names it: `net.ipv4.conf.all.arp_ignore`. */
export function objectOf(name: SysctlName, device?: string): string {
  return `net.${pathOf(name, device).replaceAll('/', '.')}`;
}

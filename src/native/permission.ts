import { readTextFile } from './text-file.js';

/**
 * Where a capability is asked for: in the initial user namespace, or in the one that owns the
 * network namespace (`ns_capable` of the kernel's `security/commoncap.c`).
 */
export type CapabilityScope = 'initial' | 'owner';

const places: { readonly [scope in CapabilityScope]: string } = {
  initial: 'in the initial user namespace',
  owner: 'in the user namespace that owns the network namespace',
};

const cures: { readonly [scope in CapabilityScope]: string } = {
  initial: 'run it outside the user namespace (a rootless container is one)',
  owner: 'run it outside the user namespace, or in a network namespace that was made inside it',
};

/**
 * Why an operation that needs a capability was refused: the process lacks it, or has it only in a
 * user namespace where it does not count.
 *
 * @param bit - The capability's number in linux/capability.h.
 */
export function explainPermission(
  capability: string,
  bit: number,
  scope: CapabilityScope = 'owner',
): { readonly cause: string; readonly cure: string } {
  const needed = `it needs ${capability} ${places[scope]}`;
  if (hasCapability(bit) && inUserNamespace()) {
    return {
      cause: `${needed}; this process has it only in a user namespace of its own`,
      cure: cures[scope],
    };
  }
  return {
    cause: needed,
    cure: `run as root or give the process ${capability} (setcap, AmbientCapabilities=, --cap-add)`,
  };
}

function hasCapability(bit: number): boolean {
  const line = /^CapEff:\s*([0-9a-f]+)$/m.exec(readTextFile('/proc/thread-self/status') ?? '');
  return line !== null && ((BigInt(`0x${line[1]}`) >> BigInt(bit)) & 1n) === 1n;
}

function inUserNamespace(): boolean {
  const map = readTextFile('/proc/self/uid_map');
  return map !== undefined && !/^\s*0\s+0\s+4294967295\s*$/.test(map);
}

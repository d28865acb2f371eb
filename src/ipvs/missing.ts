import { release } from 'node:os';
import { readTextFile } from '../native/index.js';

/**
 * Why the kernel answers to no IPVS family. The kernel tries to load the module by itself, so
 * either there is none, or it may not be loaded.
 */
export function explainMissing(): { readonly cause: string; readonly cure: string } {
  const version = release();
  const index = readTextFile(`/lib/modules/${version}/modules.dep`);
  if (index === undefined) {
    return {
      cause: `this kernel (${version}) has no IPVS, and no module folder to load it from`,
      cure: 'use a kernel with CONFIG_IP_VS; in a container, load ip_vs on the host: modprobe ip_vs',
    };
  }
  if (/\/ip_vs\.ko/.test(index)) {
    return {
      cause: 'the module ip_vs is there but was not loaded',
      cure: 'load it as root: modprobe ip_vs',
    };
  }
  return {
    cause: `this kernel (${version}) was built without IPVS`,
    cure: "install the distribution's full kernel or extra modules, or one with CONFIG_IP_VS",
  };
}

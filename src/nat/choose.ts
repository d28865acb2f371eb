import type { Failure } from '../native/index.js';
import type { Backend, NatWarning } from './types.js';

/** What a namespace shows without being touched. */
export interface Sight {
  /** The legacy nat table exists here: somebody used `iptables-legacy`. */
  readonly legacyInUse: boolean;
  /** nf_tables has an `ip nat` or `ip6 nat` table with base chains: somebody used `iptables-nft`. */
  readonly iptablesNftInUse: boolean;
}

/** Which backend, and why. */
export interface Choice {
  readonly backend: Backend;
  readonly reason: string;
}

/** What was tried and did not work. */
export interface Attempt {
  readonly backend: Backend;
  readonly failure: Failure;
}

/** Asks the kernel whether it would take a rule: why not, or `undefined`. Leaves no trace. */
export type Probe = (backend: Backend) => Promise<Failure | undefined>;

const whatItCan: { readonly [backend in Backend]: string } = {
  'iptables-nft': 'the kernel takes rules of x_tables in nf_tables, as iptables writes them',
  nftables: 'the kernel has nf_tables, but not what rules of iptables need in it',
  legacy: 'the kernel has legacy ip_tables, and no nf_tables that could do it',
};

/** The first backend that is in use already or that works; what failed, where none does. */
export async function chooseBackend(sight: Sight, probe: Probe): Promise<Choice | Attempt[]> {
  const failures: Attempt[] = [];
  const order: Backend[] = ['iptables-nft', 'nftables', 'legacy'];
  if (sight.legacyInUse && !sight.iptablesNftInUse) {
    const failure = await probe('legacy');
    if (failure === undefined) {
      return { backend: 'legacy', reason: 'the legacy nat table is in use in this namespace' };
    }
    failures.push({ backend: 'legacy', failure });
    order.pop();
  }
  for (const backend of order) {
    const failure = await probe(backend);
    if (failure === undefined) return { backend, reason: whatItCan[backend] };
    failures.push({ backend, failure });
  }
  return failures;
}

/** Rules kept in two places at once: legal, and a common surprise. */
export function warningsFor(backend: Backend, sight: Sight): NatWarning[] {
  const others: string[] = [];
  if (sight.legacyInUse && backend !== 'legacy') others.push('the legacy nat table');
  if (sight.iptablesNftInUse && backend !== 'iptables-nft') {
    others.push("iptables' nat table in nf_tables");
  }
  if (others.length === 0) return [];
  const first =
    backend === 'nftables'
      ? 'the rules made here come first'
      : 'of both, the one that was registered last comes first';
  const message = `this namespace also has ${others.join(' and ')}; the first rule that matches a connection decides, and ${first}`;
  return [{ code: 'MIXED_BACKENDS', message }];
}

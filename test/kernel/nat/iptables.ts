import { execFileSync, spawnSync } from 'node:child_process';

/** The shell tools of one backend: `iptables-legacy` or `iptables-nft`, and their like. */
export class Iptables {
  readonly #variant: 'legacy' | 'nft';

  constructor(variant: 'legacy' | 'nft') {
    this.#variant = variant;
  }

  /** Runs a command as it would be typed behind `iptables -t nat`; throws when it fails. */
  run(text: string, family: 'ipv4' | 'ipv6' = 'ipv4'): string {
    return execFileSync('sh', ['-c', `${this.#command(family)} -w -t nat ${text}`], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** Whether `iptables -C` finds the rule that `-A` would make. */
  has(text: string, family: 'ipv4' | 'ipv6' = 'ipv4'): boolean {
    const check = text.replace(/^-A/, '-C');
    return spawnSync('sh', ['-c', `${this.#command(family)} -w -t nat ${check}`]).status === 0;
  }

  /** What `iptables-save -t nat` prints, without comments; with counters if wanted. */
  save(family: 'ipv4' | 'ipv6' = 'ipv4', ...options: string[]): string[] {
    const text = execFileSync(`${this.#command(family)}-save`, ['-t', 'nat', ...options], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  }

  /** The rules among it. */
  rules(family: 'ipv4' | 'ipv6' = 'ipv4'): string[] {
    return this.save(family).filter((line) => line.startsWith('-A'));
  }

  #command(family: 'ipv4' | 'ipv6'): string {
    return `${family === 'ipv4' ? 'iptables' : 'ip6tables'}-${this.#variant}`;
  }
}

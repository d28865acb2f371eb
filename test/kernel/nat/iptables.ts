import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';

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

  /** Runs many commands at once, as `iptables-restore` takes them; throws when one fails. */
  runAll(texts: readonly string[], family: 'ipv4' | 'ipv6' = 'ipv4', ...options: string[]): void {
    const input = ['*nat', ...texts, 'COMMIT', ''].join('\n');
    execFileSync(`${this.#command(family)}-restore`, ['-w', '--noflush', ...options], {
      input,
      stdio: ['pipe', 'ignore', 'pipe'],
    });
  }

  /** Runs commands one after another, beside this program. */
  async runLater(texts: readonly string[]): Promise<void> {
    const script = texts.map((text) => `${this.#command('ipv4')} -w -t nat ${text}`).join(' && ');
    await promisify(execFile)('sh', ['-c', script]);
  }

  /** Whether `iptables -C` finds every one of the rules that `-A` would make. */
  hasAll(texts: readonly string[], family: 'ipv4' | 'ipv6' = 'ipv4'): boolean {
    try {
      this.runAll(
        texts.map((text) => text.replace(/^-A/, '-C')),
        family,
      );
      return true;
    } catch {
      return false;
    }
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

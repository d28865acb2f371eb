import { execFileSync } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Narrator } from '../../../docs/examples/demo/narrator.js';
import type { Scene } from '../../../docs/examples/demo/scene.js';
import { withScene } from '../../../docs/examples/demo/scene.js';
import { steps } from '../../../docs/examples/demo/story.js';
import { needing } from '../lacks.js';

/** Runs one of the shell's tools in a host's namespace; its lines. */
function shell(host: string, ...command: string[]): string[] {
  const output = execFileSync('ip', ['netns', 'exec', host, ...command], {
    encoding: 'utf8',
    stdio: 'pipe',
  });
  return output.split('\n').filter((line) => line !== '');
}

function aliases(): unknown[] {
  const devices = JSON.parse(shell('vm1', 'ip', '-j', 'address', 'show', 'dev', 'ens3').join(''));
  return devices
    .flatMap((device: { addr_info: { local: string }[] }) => device.addr_info)
    .filter((address: { local: string }) => address.local === '10.0.0.1');
}

/** The nat rules of both real servers, as the tools of either backend print them. */
function natRules(): string[] {
  const tools = ['iptables-legacy', 'iptables-nft'];
  return ['vm2', 'vm3'].flatMap((host) =>
    tools
      .flatMap((tool) => {
        try {
          return shell(host, tool, '-t', 'nat', '-S');
        } catch {
          return []; // this kernel lacks that backend
        }
      })
      .filter((line) => line.startsWith('-A'))
      .map((line) => `${host}: ${line}`),
  );
}

function services(): string[] {
  return shell('vm1', 'ipvsadm', '-S', '-n');
}

/** What the tools that everybody knows say after each step. */
const oracles: { readonly [step in string]?: (scene: Scene) => void } = {
  addAlias: () => {
    expect(aliases()).toMatchObject([{ prefixlen: 24, label: 'ens3:1', secondary: true }]);
  },
  addService: () => {
    expect(services().sort()).toEqual([
      '-A -t 10.0.0.1:80 -s wlc',
      '-a -t 10.0.0.1:80 -r 10.0.0.20:80 -g -w 1',
      '-a -t 10.0.0.1:80 -r 10.0.0.30:80 -g -w 1',
    ]);
  },
  redirect: () => {
    expect(natRules()).toEqual([
      'vm2: -A PREROUTING -d 10.0.0.1/32 -j REDIRECT',
      'vm3: -A PREROUTING -d 10.0.0.1/32 -j REDIRECT',
    ]);
  },
  edit: () => {
    expect(services().sort()).toEqual([
      '-A -t 10.0.0.1:80 -s rr',
      '-a -t 10.0.0.1:80 -r 10.0.0.20:80 -g -w 1',
      '-a -t 10.0.0.1:80 -r 10.0.0.30:80 -g -w 1',
    ]);
    // `ipvsadm -S` leaves thresholds out.
    const thresholds = shell('vm1', 'ipvsadm', '-L', '-n', '--thresholds');
    expect(thresholds.filter((line) => /-> 10\.0\.0\.[23]0:80 +4 +0 /.test(line))).toHaveLength(2);
  },
  openConnections: ({ connections }) => {
    const rows = shell('vm1', 'ipvsadm', '-L', '-n', '-c').filter((row) => row.startsWith('TCP'));
    const seen = rows.map((row) => {
      const [, , state, client, virtual, dest] = row.split(/\s+/);
      return `${client} ${virtual} ${dest} ${state}`;
    });
    const addresses: { readonly [host in string]?: string } = {
      vm2: '10.0.0.20',
      vm3: '10.0.0.30',
    };
    const held = connections.map(
      ({ client, host }) => `${client} 10.0.0.1:80 ${addresses[host]}:80 ESTABLISHED`,
    );
    expect(held).toHaveLength(8);
    expect(seen.sort()).toEqual(held.sort());
    const hosts = ['vm2', 'vm3'].map(
      (host) => shell(host, 'ss', '-Htn', 'state', 'established', 'sport = :80').length,
    );
    expect(hosts).toEqual([4, 4]);
  },
  removeAll: () => {
    expect(aliases()).toEqual([]);
    expect(services()).toEqual([]);
    expect(natRules()).toEqual([]);
  },
};

needing('nat', () => {
  describe('the scenario', () => {
    it('does step by step what the shell tools would have done', async () => {
      const output = new PassThrough();
      const narrator = new Narrator(output, false);
      const checked: string[] = [];
      await withScene(narrator, async (scene) => {
        for (const step of steps) {
          await step(scene);
          oracles[step.name]?.(scene);
          if (oracles[step.name] !== undefined) checked.push(step.name);
        }
      });
      expect(String(output.read())).not.toContain('✗');
      expect(narrator.differed).toBe(0);
      expect(checked).toEqual(Object.keys(oracles));
    });
  });
});

import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { LoadedRule, NewRule, XtablesTable } from '../../../src/xtables/index.js';
import { Xtables } from '../../../src/xtables/index.js';
import { needing } from '../lacks.js';
import { codeOf, errorOf } from '../nat/errors.js';

function save(table: string, family = ''): string[] {
  const text = execFileSync(`ip${family}tables-legacy-save`, ['-c', '-t', table], {
    encoding: 'utf8',
  });
  return text.split('\n').filter((line) => /^\[/.test(line));
}

function restore(table: string, lines: readonly string[]): void {
  const input = [`*${table}`, ...lines, 'COMMIT', ''].join('\n');
  execFileSync('iptables-legacy-restore', ['-w', '-c'], { input });
}

function chainsOf(table: string): string[] {
  const text = execFileSync('iptables-legacy-save', ['-t', table], { encoding: 'utf8' });
  return text.split('\n').filter((line) => line.startsWith(':'));
}

/** Rules with matches and targets that the package has no words for, and user chains. */
function foreignRules(count: number): string[] {
  const kinds = [
    '-p tcp -m tcp --dport 22 -m state --state NEW -m recent --set --name DEFAULT --mask 255.255.255.255 --rsource',
    '-m limit --limit 5/min -j LOG --log-prefix "drop: "',
    '-p udp -m multiport --dports 53,123 -j RETURN',
    '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    '-s 10.0.0.0/8 -i eth+ -j other',
    '-m comment --comment "kept as it is" -j DROP',
    '-p icmp -m icmp --icmp-type 8 -j REJECT --reject-with icmp-port-unreachable',
  ];
  const chains = ['INPUT', 'FORWARD', 'some'];
  return Array.from({ length: count }, (_, index) => {
    const chain = chains[index % chains.length];
    return `[${index}:${index * 60}] -A ${chain} ${kinds[index % kinds.length]}`;
  });
}

needing('ip_tables', () => {
  afterEach(() => {
    for (const table of ['filter', 'mangle']) {
      execFileSync('sh', [
        '-c',
        `iptables-legacy -w -t ${table} -F; iptables-legacy -w -t ${table} -X`,
      ]);
    }
    execFileSync('iptables-legacy', ['-w', '-P', 'INPUT', 'ACCEPT']);
  });

  describe('tables', () => {
    it('are listed without being made, and loaded with their chains', async () => {
      await using xtables = await Xtables.open();
      const table = await xtables.load('mangle');
      expect(table.chains.map(({ name, policy }) => `${name} ${policy}`)).toEqual(
        ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'].map((name) => `${name} ACCEPT`),
      );
      expect(await xtables.listTables({ family: 'ipv4' })).toContainEqual({
        family: 'ipv4',
        name: 'mangle',
      });
      expect(await codeOf(xtables.load('nonsense'))).toBe('ENOENT');
    });

    it('show rules as iptables-save does', async () => {
      await using xtables = await Xtables.open();
      restore('filter', [
        ':some - [0:0]',
        '[3:180] -A INPUT -p tcp -m tcp --dport 80 --tcp-flags SYN,ACK SYN -j some',
        '[0:0] -A INPUT ! -s 10.0.0.0/8 -i eth+ -g some',
        '[0:0] -A some -f -j RETURN',
      ]);
      const table = await xtables.load('filter');
      const rules = table.chains.flatMap(({ rules }) => rules);
      expect(rules.map(({ text, packets, bytes }) => `[${packets}:${bytes}] ${text}`)).toEqual(
        save('filter'),
      );
      expect(table.chain('some')).toMatchObject({ references: 2 });
      expect(table.chain('some')?.policy).toBeUndefined();
    });

    it('take every edit in one commit, in both families', async () => {
      await using xtables = await Xtables.open();
      for (const family of ['ipv4', 'ipv6'] as const) {
        const table = await xtables.load('filter', { family });
        table
          .addChain('web')
          .appendRule('web', { target: { kind: 'drop' } })
          .insertRule('web', {
            protocol: 'tcp',
            matches: [{ kind: 'tcp', destinationPort: 80 }],
            target: { kind: 'accept' },
            packets: 7,
            bytes: 420,
          })
          .appendRule('INPUT', { inInterface: 'eth0', target: { kind: 'jump', chain: 'web' } })
          .renameChain('web', 'shop')
          .setPolicy('INPUT', 'DROP');
        expect(table.edited).toBe(true);
        await table.commit();
        expect(save('filter', family === 'ipv6' ? '6' : '')).toEqual([
          '[0:0] -A INPUT -i eth0 -j shop',
          '[7:420] -A shop -p tcp -m tcp --dport 80 -j ACCEPT',
          '[0:0] -A shop -j DROP',
        ]);
        const again = await xtables.load('filter', { family });
        expect(again.chain('INPUT')?.policy).toBe('DROP');
        again
          .zeroCounters('shop')
          .removeRule('shop', 2)
          .removeRule('INPUT', again.chain('INPUT')?.rules[0] as LoadedRule)
          .setPolicy('INPUT', 'ACCEPT');
        await again.commit();
        expect(save('filter', family === 'ipv6' ? '6' : '')).toEqual([
          '[0:0] -A shop -p tcp -m tcp --dport 80 -j ACCEPT',
        ]);
        await xtables.edit('filter', (last) => void last.flush().removeChain('shop'), { family });
      }
    });

    it('take gotos, queues, and zeros for the counters of all chains', async () => {
      await using xtables = await Xtables.open();
      const first = {
        source: '10.0.0.1',
        target: { kind: 'queue' },
        packets: 5,
        bytes: 300,
      } as const;
      const second = {
        protocol: 'tcp',
        target: { kind: 'goto', chain: 'web' },
        packets: 2,
        bytes: 80,
      } as const;
      await xtables.edit('filter', (table) => {
        table.addChain('web').appendRule('FORWARD', first).appendRule('INPUT', second);
      });
      const lines = ['-A INPUT -p tcp -g web', '-A FORWARD -s 10.0.0.1/32 -j QUEUE'];
      expect(save('filter')).toEqual([`[2:80] ${lines[0]}`, `[5:300] ${lines[1]}`]);
      const table = await xtables.load('filter');
      const rules = table.chains.flatMap(({ rules }) => rules);
      expect(rules.map(({ target }) => target)).toEqual([second.target, first.target]);
      await table.zeroCounters().commit();
      expect(save('filter')).toEqual(lines.map((line) => `[0:0] ${line}`));
    });

    it('do nothing when one edit fails, and say which', async () => {
      await using xtables = await Xtables.open();
      const table = await xtables.load('filter');
      table.addChain('web').appendRule('nowhere', { target: { kind: 'accept' } });
      const error = await errorOf(table.commit());
      expect(error).toMatchObject({
        code: 'ENOENT',
        object: 'iptables -t filter -A nowhere -j ACCEPT',
      });
      expect(chainsOf('filter').join()).not.toContain('web');
      expect(await codeOf(table.commit())).toBe('ERR_LVS_CLOSED');
    });

    it('refuse a chain that is there already, and to remove one that is led to', async () => {
      await using xtables = await Xtables.open();
      await xtables.edit('filter', (table) => {
        table.addChain('a').appendRule('INPUT', { target: { kind: 'jump', chain: 'a' } });
      });
      const [one, two] = [await xtables.load('filter'), await xtables.load('filter')];
      expect(await codeOf(one.addChain('a').commit())).toBe('EEXIST');
      expect(await codeOf(two.removeChain('a').commit())).toBe('EBUSY');
    });

    it('that somebody changed are not written over', async () => {
      await using xtables = await Xtables.open();
      const table = await xtables.load('filter');
      table.appendRule('INPUT', { source: '10.0.0.1', target: { kind: 'drop' } });
      execFileSync('iptables-legacy', ['-w', '-A', 'INPUT', '-s', '10.0.0.2', '-j', 'DROP']);
      const error = await errorOf(table.commit());
      expect(error).toMatchObject({ code: 'EAGAIN' });
      expect(error.message).toContain('changed the table');
      expect(save('filter')).toEqual(['[0:0] -A INPUT -s 10.0.0.2/32 -j DROP']);
    });

    it('that have as many rules as before, but others, are not written over either', async () => {
      await using xtables = await Xtables.open();
      const drop = ['-j', 'DROP'];
      execFileSync('iptables-legacy', ['-w', '-A', 'INPUT', '-s', '10.0.0.1', ...drop]);
      const table = await xtables.load('filter');
      table.removeRule('INPUT', 1);
      // The kernel itself compares no more than the number of entries.
      execFileSync('iptables-legacy', ['-w', '-D', 'INPUT', '1']);
      execFileSync('iptables-legacy', ['-w', '-A', 'INPUT', '-s', '10.0.0.2', ...drop]);
      expect(await codeOf(table.commit())).toBe('EAGAIN');
      expect(save('filter')).toEqual(['[0:0] -A INPUT -s 10.0.0.2/32 -j DROP']);
    });

    it.each(
      ['mangle', 'raw', 'nat'].flatMap((name) => [
        { name, family: 'ipv4' as const, source: '10.0.0.1' },
        { name, family: 'ipv6' as const, source: '2001:db8::1' },
      ]),
    )(
      'of other names are edited as iptables would: $name, $family',
      async ({ name, family, source }) => {
        await using xtables = await Xtables.open();
        const shown = (): string[] => save(name, family === 'ipv6' ? '6' : '');
        const first: NewRule = { source, target: { kind: 'accept' }, packets: 3, bytes: 180 };
        const edit = (change: (table: XtablesTable) => void): Promise<void> =>
          xtables.edit(name, change, { family });
        await edit((table) => {
          table.appendRule('OUTPUT', first).appendRule('OUTPUT', { target: { kind: 'return' } });
          table.insertRule('OUTPUT', { protocol: 'tcp', target: { kind: 'drop' } }, 2);
        });
        const prefix = family === 'ipv6' ? '128' : '32';
        const kept = `-A OUTPUT -s ${source}/${prefix} -j ACCEPT`;
        expect(shown()).toEqual([
          `[3:180] ${kept}`,
          '[0:0] -A OUTPUT -p tcp -j DROP',
          '[0:0] -A OUTPUT -j RETURN',
        ]);
        await edit((table) => {
          table.replaceRule('OUTPUT', 2, { target: { kind: 'accept' } });
          table.zeroCounters('OUTPUT', 1).removeRule('OUTPUT', 3);
        });
        expect(shown()).toEqual([`[0:0] ${kept}`, '[0:0] -A OUTPUT -j ACCEPT']);
        await edit((table) => table.flush('OUTPUT'));
        expect((await xtables.load(name, { family })).chain('OUTPUT')?.rules).toEqual([]);
      },
    );

    it('are edited anew when somebody was faster', async () => {
      await using xtables = await Xtables.open();
      let calls = 0;
      await xtables.edit('filter', (table) => {
        calls++;
        table.appendRule('INPUT', { source: '10.0.0.1', target: { kind: 'drop' } });
        if (calls === 1) {
          execFileSync('iptables-legacy', ['-w', '-A', 'INPUT', '-s', '10.0.0.2', '-j', 'DROP']);
        }
      });
      expect(calls).toBe(2);
      expect(save('filter')).toHaveLength(2);
    });

    it('keep a thousand foreign rules byte for byte, wherever ours go', async () => {
      await using xtables = await Xtables.open();
      restore('filter', [':some - [0:0]', ':other - [0:0]', ...foreignRules(1000)]);
      const before = save('filter');
      expect(before).toHaveLength(1000);
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom('INPUT', 'FORWARD', 'some', 'other'),
          fc.nat(),
          async (chain, number) => {
            const table = await xtables.load('filter');
            const position = (number % ((table.chain(chain)?.rules.length ?? 0) + 1)) + 1;
            await table
              .insertRule(chain, { source: '192.0.2.1', target: { kind: 'drop' } }, position)
              .commit();
            expect(save('filter')).toHaveLength(1001);
            await (await xtables.load('filter')).removeRule(chain, position).commit();
          },
        ),
        { numRuns: 15 },
      );
      expect(save('filter')).toEqual(before);
    });

    it('give rules back that can be added again, with what is unknown in them', async () => {
      await using xtables = await Xtables.open();
      restore('filter', [':some - [0:0]', ':other - [0:0]', ...foreignRules(21)]);
      const before = save('filter');
      const table = await xtables.load('filter');
      table.flush();
      for (const { name, rules } of table.chains) {
        for (const rule of rules) table.appendRule(name, rule);
      }
      await table.commit();
      expect(save('filter')).toEqual(before);
    });

    it('say what the kernel refuses at the end', async () => {
      await using xtables = await Xtables.open();
      const table = await xtables.load('filter');
      const target = { kind: 'other', name: 'NONESUCH', revision: 0, data: new Uint8Array(8) };
      table.appendRule('INPUT', { target } as NewRule);
      const error = await errorOf(table.commit());
      expect(error).toMatchObject({ code: 'ENOENT', object: 'iptables -t filter' });
      expect(save('filter')).toEqual([]);
    });

    it('refuse what is no rule before the kernel sees it', async () => {
      await using xtables = await Xtables.open();
      const table = await xtables.load('filter');
      expect(() => table.appendRule('INPUT', { source: '2001:db8::1' })).toThrow(/family ipv4/);
      expect(() => table.appendRule('INPUT', { protocol: 'nope' })).toThrow(TypeError);
      expect(() => table.insertRule('INPUT', {}, 0)).toThrow(RangeError);
      for (const counters of [{ packets: -1 }, { bytes: 0.5 }, { packets: 2n ** 64n }]) {
        expect(() => table.appendRule('INPUT', counters)).toThrow(
          /whole number of at most 64 bits/,
        );
      }
      expect(() => table.setPolicy('INPUT', 'REJECT' as 'DROP')).toThrow(/'ACCEPT', 'DROP'/);
      expect(table.edited).toBe(false);
    });
  });
});

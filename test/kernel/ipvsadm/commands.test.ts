import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Ipvs } from '../../../src/index.js';
import { applyRule, parseRule } from '../../../src/index.js';
import { changes, lists } from './lines.js';
import { misread, refused } from './refused.js';
import { accepted, addDevices, exported, ipvsadm, openHere, reset, shownAfter } from './support.js';

let ipvs: Ipvs;

beforeAll(async () => {
  addDevices();
  ipvs = await openHere();
});

beforeEach(() => reset(ipvs));

afterAll(async () => {
  await reset(ipvs);
  await ipvs.close();
});

async function apply(line: string): Promise<unknown> {
  return await applyRule(ipvs, parseRule(line));
}

/** ipvsadm prints marks from 2^31 on as negative numbers, which it can't read. */
function withPositiveMarks(rules: string): string {
  return rules.replace(/ -f (-\d+)/g, (_, mark) => ` -f ${Number(mark) >>> 0}`);
}

describe('a command does what ipvsadm does', () => {
  it.each(changes)('$line', async ({ before, line }) => {
    for (const earlier of before) await apply(earlier);
    const printed = ipvsadm([line, '-Sn']);
    const theirs = await exported(ipvs);
    expect(await ipvs.save()).toBe(withPositiveMarks(printed));
    await reset(ipvs);
    for (const earlier of before) await apply(earlier);
    await apply(line);
    expect(await exported(ipvs)).toEqual(theirs);
  });

  it('all of them, as ipvsadm shows it', async () => {
    const lines = [
      '-A -t 10.0.0.1:80 -s sh -b sh-port -p 60 -M 255.255.255.0',
      '-a -t 10.0.0.1:80 -r 10.0.0.20 -x 10 -y 5',
      '-a -t 10.0.0.1:80 -r 10.0.0.21:8080 -m -w 0 -x 7',
      '-a -t 10.0.0.1:80 -r 10.0.0.22 -i --tun-type gue --tun-port 6080 --tun-csum',
      '--set 901 0 301',
      '--start-daemon master --mcast-interface d0 --mcast-group ff02::81 --syncid 3',
      '--start-daemon backup --mcast-port 9999 --mcast-ttl 4 --sync-maxlen 1400',
    ];
    const theirs = shownAfter(lines);
    expect(theirs).toContain('ttl=4');
    await reset(ipvs);
    for (const line of lines) await apply(line);
    expect(shownAfter([])).toBe(theirs);
  });

  it('lists', async () => {
    await apply('-A -t 10.0.0.1:80');
    await apply('-a -t 10.0.0.1:80 -r 10.0.0.20');
    const lines = lists.map(([line]) => line);
    expect(accepted(lines)).toEqual(lines);
    for (const [line, method] of lists) {
      const rule = parseRule(line);
      expect(rule.method).toBe(method);
      await applyRule(ipvs, rule);
    }
  });

  it('-R', async () => {
    const rules = 'ipvsadm -A -t 10.0.0.1:80 -s rr\n\n-a -t 10.0.0.1:80 -r 10.0.0.20 -m -w 3\n';
    ipvsadm('-R', rules);
    const theirs = shownAfter([]);
    await reset(ipvs);
    await applyRule(ipvs, parseRule('-R', { input: rules }));
    expect(shownAfter([])).toBe(theirs);
  });
});

describe('a bad line', () => {
  it('is refused by ipvsadm', () => {
    expect(accepted(refused)).toEqual([]);
  });

  it.each(refused)('%s', (line) => {
    expect(() => parseRule(line)).toThrow(/ must be /);
  });

  it.each(misread)('that ipvsadm misreads: %s', (line, printed) => {
    const theirs = ipvsadm([line, '-Sn']);
    if (typeof printed === 'string') expect(theirs).toBe(printed);
    else expect(theirs).toMatch(printed);
    expect(() => parseRule(line)).toThrow(/ must be /);
  });

  it('is one that only the kernel refuses', async () => {
    await apply('-A -t 10.0.0.1:80 -s rr');
    const lines = [
      ['-A -t 10.0.0.1:80', 'EEXIST'],
      ['-A -t 10.0.0.1:81 -s nope', 'ENOENT'],
      ['-A -t 10.0.0.1:81 -p 60 --pe nope', 'ENOENT'],
      ['-E -t 10.0.0.1:81', 'ESRCH'],
      ['-D -t 10.0.0.1:81', 'ESRCH'],
      ['-Z -t 10.0.0.1:81', 'ESRCH'],
      ['-a -t 10.0.0.1:81 -r 10.0.0.20', 'ESRCH'],
      ['-e -t 10.0.0.1:80 -r 10.0.0.20', 'ENOENT'],
      ['-d -t 10.0.0.1:80 -r 10.0.0.20', 'ENOENT'],
      ['-a -t 10.0.0.1:80 -r 224.0.0.1', 'EINVAL'],
      ['--start-daemon master --mcast-interface nope', 'ENODEV'],
      ['--stop-daemon backup', 'ESRCH'],
    ] as const;
    expect(accepted(lines.map(([line]) => line))).toEqual([]);
    for (const [line, code] of lines) {
      await expect(apply(line)).rejects.toMatchObject({ name: 'KernelError', code });
    }
  });
});

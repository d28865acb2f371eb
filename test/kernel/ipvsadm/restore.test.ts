import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Ipvs } from '../../../src/index.js';
import { RestoreError } from '../../../src/index.js';
import { exported, ipvsadm, openHere, reset } from './support.js';

/** A table with something of everything that ipvsadm can write. */
const table = [
  '-A -t 192.168.0.1:80 -s rr',
  '-a -t 192.168.0.1:80 -r 10.0.0.9:8080 -m -w 3',
  '-a -t 192.168.0.1:80 -r 192.168.0.9:80 -g -w 0',
  '-a -t 192.168.0.1:80 -r 127.0.0.1:80 -g -w 1',
  '-A -t 10.0.0.1:80 -s sh -b sh-fallback,sh-port -p 60 -M 255.255.240.0',
  '-A -t 127.0.0.1:80 -s mh -b mh-port',
  '-A -t 10.0.0.1:0 -s wlc -p 360',
  '-A -u 10.0.0.1:5060 -s wlc -p 90 --pe sip -o -b flag-1,flag-3',
  '-A --sctp-service 10.0.0.1:80 -s lc',
  '-A -t [2001:db8::1]:80 -s rr -p 60 -M 64',
  '-a -t [2001:db8::1]:80 -r [2001:db8::9]:8080 -m -w 1',
  '-a -t [2001:db8::1]:80 -r [fd00::9]:80 -i -w 1 --tun-type ipip',
  '-A -f 7 -s rr',
  '-a -f 7 -r 10.0.0.9:0 -i -w 1 --tun-type gue --tun-port 6080 --tun-remcsum',
  '-a -f 7 -r 10.0.0.10:80 -i -w 1 --tun-type gre --tun-csum',
  '-A -f 7 -6 -s rr',
  '-A -f 3 -s none',
];

let ipvs: Ipvs;

beforeAll(async () => {
  ipvs = await openHere();
});

beforeEach(() => reset(ipvs));

afterAll(async () => {
  await reset(ipvs);
  await ipvs.close();
});

/** The order of ipvsadm depends on the kernel's where it goes round in circles. */
function linesOf(rules: string): string[] {
  return rules.split('\n').sort();
}

/**
 * What the library and ipvsadm both write, byte for byte. From 7.2 on the kernel makes its tables larger a while
 * after they have filled, which changes the order: it may do so between the two.
 */
function savedAlike(): Promise<string> {
  return vi.waitFor(async () => {
    const saved = await ipvs.save();
    expect(saved).toBe(ipvsadm('-Sn'));
    return saved;
  }, 10_000);
}

/** What a restore rejects with. */
async function failureOf(rules: string): Promise<RestoreError> {
  const error: unknown = await ipvs.restore(rules).catch((reason: unknown) => reason);
  if (!(error instanceof RestoreError)) throw new Error('no RestoreError', { cause: error });
  return error;
}

describe('save and restore', () => {
  it('write what ipvsadm -Sn prints, and read it', async () => {
    ipvsadm('-R', `${table.join('\n')}\n`);
    const printed = await savedAlike();
    await reset(ipvs);
    expect(await ipvs.restore(printed)).toEqual({ rules: 17, services: 10, dests: 7 });
    expect(linesOf(await savedAlike())).toEqual(linesOf(printed));
    expect(linesOf(ipvsadm(['-C', '-R', '-Sn'], printed))).toEqual(linesOf(printed));
  });

  it('order as ipvsadm does, round in circles too', async () => {
    const hosts = [10, 192, 127, 1, 200, 90, 150, 60, 220, 100, 30];
    const lines = hosts.flatMap((host) => [
      `-A -t ${host}.0.0.1:80 -s rr`,
      ...hosts
        .filter((other) => other < 220)
        .map((other) => `-a -t ${host}.0.0.1:80 -r ${other}.0.0.2:80 -m`),
    ]);
    await ipvs.restore(lines.join('\n'));
    await savedAlike();
  });

  it('keep thresholds when asked to', async () => {
    await ipvs.restore('-A -t 10.0.0.1:80 -s rr\n-a -t 10.0.0.1:80 -r 10.0.0.2 -x 9 -y 4\n');
    const saved = await ipvs.save({ thresholds: true });
    expect(saved).toBe(
      '-A -t 10.0.0.1:80 -s rr\n-a -t 10.0.0.1:80 -r 10.0.0.2:80 -g -w 1 -x 9 -y 4\n',
    );
    const shown = ipvsadm('-Ln --thresholds');
    ipvsadm(['-C', '-R'], saved);
    expect(ipvsadm('-Ln --thresholds')).toBe(shown);
  });

  it('pass over comments and empty lines', async () => {
    const rules = '# all of it\n\n  ipvsadm -A -t 10.0.0.1:80 -s rr # the shop\r\n\t\n';
    expect(await ipvs.restore(rules)).toEqual({ rules: 1, services: 1, dests: 0 });
    expect(await ipvs.restore('')).toEqual({ rules: 0, services: 0, dests: 0 });
    expect(ipvsadm('-Sn')).toBe('-A -t 10.0.0.1:80 -s rr\n');
  });

  it('refuse to write what could not be read', async () => {
    await ipvs.addService({ protocol: 'tcp', address: '10.0.0.1', port: 0 });
    await expect(ipvs.save()).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
    await ipvs.flush();
    await ipvs.addService({ protocol: 'tcp', address: '10.0.0.1', port: 80 });
    await ipvs.addDest('tcp://10.0.0.1:80', { address: '10.0.0.2', fwd: 'bypass' });
    await expect(ipvs.save()).rejects.toThrow('bypass');
  });
});

describe('a restore that fails', () => {
  it('changes nothing when lines are bad, and names them all', async () => {
    const error = await failureOf('-A -t 10.0.0.1:80\n-A -t nope:80\n-C\n-L\n-R\n-A -w 1');
    expect(error).toMatchObject({ code: 'ERR_LVS_RULES', applied: [], undone: true });
    expect(error.errors.map(({ line, text }) => [line, text])).toEqual([
      [2, '-A -t nope:80'],
      [4, '-L'],
      [5, '-R'],
      [6, '-A -w 1'],
    ]);
    expect(error.message).toMatch(
      /^line 2: -t must be .*; and 1 more lines \(nothing was changed\)$/,
    );
    expect(await ipvs.listServices()).toEqual([]);
  });

  it('undoes what it added', async () => {
    await ipvs.restore('-A -t 10.0.0.1:80 -s rr\n-a -t 10.0.0.1:80 -r 10.0.0.2');
    const before = await exported(ipvs);
    const error = await failureOf(
      '-A -u 10.0.0.1:53\n-a -t 10.0.0.1:80 -r 10.0.0.3\n-a -u 10.0.0.1:53 -r 10.0.0.3\n-a -t 10.0.0.1:80 -r 10.0.0.2',
    );
    expect(error).toMatchObject({ code: 'ERR_LVS_RESTORE', applied: [1, 2, 3], undone: true });
    expect(error.errors).toMatchObject([{ line: 4 }]);
    expect(error.cause).toMatchObject({ name: 'KernelError', code: 'EEXIST' });
    expect(error.message).toMatch(/^line 4: add destination .*EEXIST.* \(3 rules undone\)$/);
    expect(await exported(ipvs)).toEqual(before);
  });

  it('undoes changes and removals, of timeouts and daemons too', async () => {
    await ipvs.restore(
      '-A -t 10.0.0.1:80 -s rr -p 60\n-a -t 10.0.0.1:80 -r 10.0.0.2 -x 9 -w 4\n-A -f 7\n-a -f 7 -r 10.0.0.2\n-a -f 7 -r 10.0.0.3',
    );
    await ipvs.startSyncDaemon({ state: 'master', device: 'lo', syncId: 5 });
    const before = await exported(ipvs);
    for (const rules of [
      '-E -t 10.0.0.1:80 -s wrr\n-e -t 10.0.0.1:80 -r 10.0.0.2\n-D -f 7\n--set 1 2 3',
      '-d -f 7 -r 10.0.0.3\n--stop-daemon master',
      '-C\n-A -f 9\n--stop-daemon master\n--start-daemon backup --mcast-interface lo',
    ]) {
      const error = await failureOf(`${rules}\n-D -u 10.0.0.1:53`);
      expect(error).toMatchObject({ undone: true, cause: { code: 'ESRCH' } });
      expect(await exported(ipvs)).toEqual(before);
    }
  });

  it('ends with the signal’s reason', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(ipvs.restore('-A -f 7', { signal })).rejects.toThrow('enough');
    expect(await ipvs.listServices()).toEqual([]);
  });
});

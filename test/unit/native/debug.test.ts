import { format } from 'node:util';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { printTraces } from '../../../src/native/debug.js';
import { messages, requests } from '../../../src/native/trace.js';

const lines: string[] = [];

// Node itself reads NODE_DEBUG when it starts.
vi.mock('node:util', async (original) => {
  const util = await original<typeof import('node:util')>();
  const log = (...words: unknown[]): number => lines.push(util.format(...words));
  return { ...util, debuglog: () => Object.assign(log, { enabled: true }) };
});

const here = { handle: { kind: 'ipvs', id: 1 }, request: 7, operation: 'addService' };
const there = { ...here, handle: { ...here.handle, netns: 'vm1' }, object: 'fwmark:7' };

/** What is printed of what went over the channel of messages. */
function printed(value: unknown, direction = 'received', record = 'text'): string {
  messages.publish({ ...here, direction, record, value });
  return lines.pop() ?? '';
}

describe('with NODE_DEBUG=lvs', () => {
  beforeEach(() => {
    // From the first handle on, but once.
    printTraces();
    printTraces();
    lines.length = 0;
  });

  it('a request is told of when it is made and when it is answered', async () => {
    await requests.tracePromise(() => Promise.resolve({ rows: [] }), { ...here });
    await requests.tracePromise(() => Promise.resolve({ rows: [1, 2] }), { ...there });
    const refused = Promise.reject(new Error('EEXIST: it is there'));
    await requests.tracePromise(() => refused, { ...there }).catch(() => undefined);
    const given = Promise.reject('no more');
    await requests.tracePromise(() => given, { ...here }).catch(() => undefined);
    expect(lines).toEqual([
      'ipvs 1 #7 addService',
      'ipvs 1 #7 done',
      'ipvs 1 in vm1 #7 addService fwmark:7',
      'ipvs 1 in vm1 #7 done, rows: 2',
      'ipvs 1 in vm1 #7 addService fwmark:7',
      'ipvs 1 in vm1 #7 failed: EEXIST: it is there',
      'ipvs 1 #7 addService',
      'ipvs 1 #7 failed: no more',
    ]);
  });

  it('records are shown in one line, texts as far as they are short', () => {
    const record = { scheduler: 'wlc', flags: ['persistent'] };
    expect(printed(record, 'sent', 'service')).toBe(
      format('ipvs 1 #7 > service %s', "{ scheduler: 'wlc', flags: [ 'persistent' ] }"),
    );
    expect(printed(Buffer.from('IP Virtual Server\n'))).toBe(
      "ipvs 1 #7 < text 'IP Virtual Server\\n'",
    );
    expect(printed(Buffer.from('x'.repeat(201)))).toBe(
      `ipvs 1 #7 < text '${'x'.repeat(200)}'… of length 201`,
    );
    expect(printed(Uint8Array.of(0, 1, 255), 'received', 'bytes')).toBe(
      'ipvs 1 #7 < bytes of length 3',
    );
  });
});

// Two ends of a virtual cable, and other programs that send into it and listen at it.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { hex } from '../../../unit/capture/support/build.js';

const program = path.join(import.meta.dirname, 'send-frames.py');

export function run(command: string, ...words: readonly string[]): string {
  return execFileSync(command, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Makes the two devices; frames sent out of one come in at the other. */
export function makeCable(near: string, far: string): void {
  run('ip', 'link', 'add', near, 'type', 'veth', 'peer', 'name', far);
  for (const device of [near, far]) {
    // With an IPv6 address the device would send by itself; not every kernel has IPv6.
    const settings = `/proc/sys/net/ipv6/conf/${device}/disable_ipv6`;
    if (existsSync(settings)) writeFileSync(settings, '1');
    run('ip', 'link', 'set', device, 'up');
  }
}

export function removeCable(near: string): void {
  run('ip', 'link', 'delete', near);
}

/** A program that sends frames; starting one takes seconds on a slow kernel, so there is one. */
export class Sender implements Disposable {
  readonly #child = spawn('python3', [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  readonly #answers = createInterface(this.#child.stdout)[Symbol.asyncIterator]();

  /** Sends the frames out of the device, all of them `times` over. */
  async send(device: string, frames: readonly Uint8Array[], times = 1): Promise<void> {
    this.#child.stdin.write(`${device} ${times} ${frames.map(hex).join(' ')}\n`);
    const answer = await this.#answers.next();
    if (answer.done) throw new Error(`cannot send out of ${device}`);
  }

  [Symbol.dispose](): void {
    this.#child.stdin.end();
  }
}

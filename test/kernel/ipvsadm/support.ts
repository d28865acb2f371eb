import { execFileSync } from 'node:child_process';
import type { IpvsState } from '../../../src/index.js';
import { Ipvs } from '../../../src/index.js';

/** Runs shell commands in one process: under User-Mode Linux, to start one is what takes time. */
function shell(script: string, input = ''): string {
  return execFileSync('sh', ['-c', script], { encoding: 'utf8', input, stdio: 'pipe' });
}

function commandOf(line: string): string {
  const words = line.split(' ').filter((word) => word !== 'ipvsadm');
  return ['ipvsadm', ...words.map((word) => `'${word}'`)].join(' ');
}

/** Runs ipvsadm with each line, all of which must succeed, and returns what it printed. */
export function ipvsadm(lines: string | readonly string[], input = ''): string {
  return shell(`set -e\n${[lines].flat().map(commandOf).join('\n')}`, input);
}

/** Runs ipvsadm with each line and returns which of them it accepted. */
export function accepted(lines: readonly string[]): string[] {
  const script = lines.map((line) => `${commandOf(line)} >&2 </dev/null; echo $?`).join('\n');
  const statuses = shell(script).trim().split('\n');
  return lines.filter((_, index) => statuses[index] === '0');
}

/** What prints all that ipvsadm shows of the configuration. */
const everything = ['-Sn', '-Ln --thresholds', '-Ln --tun-info', '-L --timeout', '-L --daemon'];

/** Runs ipvsadm with each line, and returns everything that it shows then. */
export function shownAfter(lines: readonly string[]): string {
  return shell(
    `set -e\n{\n${[':', ...lines.map(commandOf)].join('\n')}\n} >&2\n${everything.map(commandOf).join('\n')}`,
  );
}

/** Devices for sync daemons; one has the name that ipvsadm takes by default. */
export function addDevices(): void {
  for (const [device, address] of [
    ['eth0', '10.250.0.1/24'],
    ['d0', '10.251.0.1/24'],
  ] as const) {
    execFileSync('ip', ['link', 'add', device, 'type', 'dummy']);
    execFileSync('ip', ['address', 'add', address, 'dev', device]);
    execFileSync('ip', ['link', 'set', device, 'up', 'multicast', 'on']);
  }
}

/** Back to the state of a new namespace. */
export async function reset(ipvs: Ipvs): Promise<void> {
  for (const { state } of await ipvs.listSyncDaemons()) await ipvs.stopSyncDaemon(state);
  await ipvs.flush();
  await ipvs.setTimeouts({ tcp: 900, tcpFin: 120, udp: 300 });
}

/** What `exportState` says, whatever the order of the kernel's hash: from 7.2 on it is another each time. */
export async function exported(ipvs: Ipvs): Promise<IpvsState> {
  const state = await ipvs.exportState();
  const inOrder = (one: unknown, other: unknown): number =>
    JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
  return { ...state, services: [...state.services].sort(inOrder) };
}

/** A handle on the lab's namespace. */
export function openHere(): Promise<Ipvs> {
  return Ipvs.open();
}

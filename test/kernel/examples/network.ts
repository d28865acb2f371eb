import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Topology } from '../../../docs/examples/demo/topology.js';
import { Ipvs } from '../../../src/index.js';
import { openListener, openProbeSocket } from '../../../src/netns/index.js';
import { Rtnl } from '../../../src/route/index.js';
import { Sysctl } from '../../../src/sysctl/index.js';

const folder = path.resolve(import.meta.dirname, '../../../build/examples');

export const vip = '10.0.0.1';
export const service = `tcp://${vip}:80`;

/** The network of the demo with direct routing set up: a director, and two real servers. */
export class Network implements AsyncDisposable {
  readonly ipvs: Ipvs;
  readonly web: { readonly vm2: RealServer; readonly vm3: RealServer };
  readonly #topology: Topology;

  static async build(): Promise<Network> {
    const topology = await Topology.build();
    await using route = await Rtnl.open({ netns: 'vm1' });
    await route.alias('ens3', vip);
    for (const host of ['vm2', 'vm3']) await takeVip(host);
    const ipvs = await Ipvs.open({ netns: 'vm1' });
    await ipvs.addService({ protocol: 'tcp', address: vip, port: 80, scheduler: 'rr' });
    for (const address of ['10.0.0.20', '10.0.0.30']) await ipvs.addDest(service, { address });
    return new Network(topology, ipvs);
  }

  private constructor(topology: Topology, ipvs: Ipvs) {
    this.#topology = topology;
    this.ipvs = ipvs;
    this.web = { vm2: new RealServer('vm2'), vm3: new RealServer('vm3') };
  }

  /** What `ipvsadm -Sn` says in the director's namespace, sorted. */
  saved(): string[] {
    const saved = execFileSync('ip', ['netns', 'exec', 'vm1', 'ipvsadm', '-Sn'], {
      encoding: 'utf8',
    });
    return saved.trimEnd().split('\n').sort();
  }

  /** Weights of the service by real server, as ipvsadm tells them. */
  weights(): Record<string, number> {
    const rows = this.saved().flatMap((line) => {
      const [, address = '', weight = ''] =
        /^-a -t 10\.0\.0\.1:80 -r ([\d.]+):80 .* -w (\d+)$/.exec(line) ?? [];
      return address === '' ? [] : [[address, Number(weight)] as const];
    });
    return Object.fromEntries(rows);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of Object.values(this.web)) await server.stop();
    await this.ipvs.close();
    await this.#topology[Symbol.asyncDispose]();
  }
}

/** The VIP on the loopback device, where nobody asks for it: the same on every kernel. */
async function takeVip(netns: string): Promise<void> {
  await using sysctl = await Sysctl.open({ netns });
  await sysctl.set('arp_ignore', 1);
  await sysctl.set('arp_announce', 2);
  await using route = await Rtnl.open({ netns });
  await route.addAddress({ device: 'lo', address: vip });
}

/** A web server of a host, which can be stopped, started again, and told to be ill. */
export class RealServer {
  status = 200;
  /** What it answers with. */
  text: string;
  /** Milliseconds that an answer takes. */
  delay = 0;
  readonly #host: string;
  #server: http.Server | undefined;

  constructor(host: string) {
    this.#host = host;
    this.text = host;
  }

  async start(): Promise<void> {
    const server = http.createServer((_, response) => {
      response.statusCode = this.status;
      setTimeout(() => response.end(this.text), this.delay);
    });
    const fd = await openListener({ netns: this.#host, address: '0.0.0.0', port: 80 });
    server.listen({ fd });
    await once(server, 'listening');
    this.#server = server;
  }

  /** Ends at once, connections too. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
}

/** Asks for the page behind the VIP, as a client. */
export async function get(): Promise<string> {
  const socket = await openProbeSocket({ netns: 'client' });
  try {
    const request = http.get({ createConnection: () => socket.connect(80, vip) });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    if (response.statusCode !== 200) throw new Error(`HTTP status ${response.statusCode}`);
    return Buffer.concat(chunks).toString();
  } finally {
    socket.destroy();
  }
}

/** An example as it was built, running in a process of its own. */
export class Program {
  output = '';
  readonly #process: ChildProcess;
  readonly #ended: Promise<number | null>;

  /** `before` is a command that runs the program, such as `script`. */
  constructor(example: string, args: readonly string[], before: readonly string[] = []) {
    const node = [process.execPath, path.join(folder, example, 'main.js'), ...args];
    const [command = '', ...rest] =
      before.length === 0 ? node : [...before, node.map((word) => `'${word}'`).join(' ')];
    this.#process = spawn(command, rest, { stdio: 'pipe' });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
    this.#ended = once(this.#process, 'close').then(([status]) => status);
  }

  type(keys: string): void {
    this.#process.stdin?.write(keys);
  }

  /** Resolves to the exit status. */
  ended(): Promise<number | null> {
    return this.#ended;
  }

  /** Ends it as an administrator would. */
  async stop(): Promise<number | null> {
    this.#process.kill('SIGTERM');
    return await this.#ended;
  }

  /** Waits until the program has printed something. */
  async printed(text: string): Promise<void> {
    await until(
      () => this.output.includes(text),
      () => `${text} in: ${this.output}`,
    );
  }
}

const longestWait = 60_000;

/** Waits for something that has to come about. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: () => string,
): Promise<void> {
  const end = performance.now() + longestWait;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited in vain for ${what()}`);
    await sleep(20);
  }
}

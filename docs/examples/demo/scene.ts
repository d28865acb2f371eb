import { Ipvs } from 'lvs';
import type { Capture } from 'lvs/capture';
import { Nat } from 'lvs/nat';
import { Rtnl } from 'lvs/route';
import type { HeldConnection } from './http.js';
import { WebServer } from './http.js';
import type { Narrator } from './narrator.js';
import { Topology } from './topology.js';

/** What the steps of the story work with. */
export interface Scene {
  readonly narrator: Narrator;
  /** The director's addresses. */
  readonly route: Rtnl;
  /** The director's services. */
  readonly ipvs: Ipvs;
  readonly realServers: readonly [RealServer, RealServer];
  /** What the client holds open. */
  readonly connections: HeldConnection[];
  /** The capture that runs on the bridge. */
  frames?: Capture;
}

/** A host with a web server, and the handles that work on its network. */
class RealServer implements AsyncDisposable {
  readonly name: string;
  readonly address: string;
  readonly route: Rtnl;
  readonly nat: Nat;
  readonly #web: WebServer;

  static async open(name: string, address: string): Promise<RealServer> {
    const route = await Rtnl.open({ netns: name });
    const nat = await Nat.open({ netns: name });
    return new RealServer({ name, address }, route, nat, await WebServer.start(name));
  }

  private constructor(
    host: { readonly name: string; readonly address: string },
    route: Rtnl,
    nat: Nat,
    web: WebServer,
  ) {
    this.name = host.name;
    this.address = host.address;
    this.route = route;
    this.nat = nat;
    this.#web = web;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#web[Symbol.asyncDispose]();
    await this.nat.close();
    await this.route.close();
  }
}

/** Builds the network and everything in it for as long as `play` takes. */
export async function withScene(
  narrator: Narrator,
  play: (scene: Scene) => Promise<void>,
): Promise<void> {
  await using _topology = await Topology.build();
  await using route = await Rtnl.open({ netns: 'vm1' });
  await using ipvs = await Ipvs.open({ netns: 'vm1' });
  await using vm2 = await RealServer.open('vm2', '10.0.0.20');
  await using vm3 = await RealServer.open('vm3', '10.0.0.30');
  const scene: Scene = { narrator, route, ipvs, realServers: [vm2, vm3], connections: [] };
  try {
    await play(scene);
  } finally {
    for (const { socket } of scene.connections) socket.destroy();
    await scene.frames?.close();
  }
}

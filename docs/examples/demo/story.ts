import { release } from 'node:os';
import { listNetns } from 'lvs/netns';
import type { Narrator } from './narrator.js';
import type { Scene } from './scene.js';
import { withScene } from './scene.js';
import { takeSnapshot } from './snapshot.js';
import { addAlias } from './steps/alias.js';
import { listConnectionTable } from './steps/connection-table.js';
import { openConnections } from './steps/connections.js';
import { edit } from './steps/edit.js';
import { readFrames } from './steps/frames.js';
import { redirect } from './steps/redirect.js';
import { removeAll } from './steps/remove.js';
import { addService } from './steps/service.js';
import { giveVerdict } from './steps/verdict.js';
import { picture } from './topology.js';

/** The steps in their order. Each works on what those before it left. */
export const steps: readonly ((scene: Scene) => Promise<void>)[] = [
  addAlias,
  addService,
  redirect,
  edit,
  openConnections,
  readFrames,
  listConnectionTable,
  giveVerdict,
  removeAll,
];

/** Tells the whole story, from the bare network to the bare network. */
export async function playStory(narrator: Narrator): Promise<void> {
  narrator.say('A virtual server by direct routing, made and unmade from TypeScript', 'bold');
  narrator.say(`on Linux ${release()}`, 'dim');
  narrator.say(picture);
  const namespaces = await listNetns();
  await withScene(narrator, async (scene) => {
    const before = await takeSnapshot(scene);
    for (const step of steps) await step(scene);
    const after = await takeSnapshot(scene);
    narrator.check('the kernel is as it was: addresses, services and nat rules', after, before);
  });
  narrator.check('the network of the picture is gone', await listNetns(), namespaces);
}

import process from 'node:process';
import { Narrator, wantsColour } from './narrator.js';
import { playStory } from './story.js';

const narrator = new Narrator(process.stdout, wantsColour(process.env, process.stdout));
try {
  await playStory(narrator);
} catch (error) {
  narrator.check('nothing unexpected happens', error, undefined);
}

const seconds = (performance.now() / 1000).toFixed(1);
const total = narrator.held + narrator.differed;
narrator.say('');
if (narrator.differed === 0) {
  narrator.say(`All ${total} statements hold. (${seconds} s)`, ['bold', 'green']);
} else {
  const told = `${narrator.differed} of ${total} statements did not hold.`;
  narrator.say(`${told} (${seconds} s)`, ['bold', 'red']);
  process.exitCode = 1;
}

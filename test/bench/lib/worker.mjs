// @ts-check
// Runs works of one module when told to, in a process that starts no others: a fork leaves every page of the process
// to be copied when it is written next, and whoever measures then measures that.
import path from 'node:path';

const [, , module = ''] = process.argv;
const works = await import(path.join(import.meta.dirname, '../works', module));

process.on(
  'message',
  async (/** @type {{ name: string, argument: unknown }} */ { name, argument }) => {
    try {
      process.send?.({ cost: await works[name](argument) });
    } catch (error) {
      process.send?.({ error: String(error) });
    }
  },
);

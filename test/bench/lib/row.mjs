// @ts-check
// What the files in rows/ get and yield.

/**
 * @typedef {object} Conditions
 * @property {string} kernel the lab's name for it
 * @property {boolean} quick
 * @property {number} times how often to measure
 * @property {boolean} hasIpvs
 * @property {boolean} restarts up to 6.12 the kernel walks the connection table from its start for each page that is read
 * @property {boolean} emulated programs run 10 to 30 times slower than on the machine
 */

/**
 * @typedef {import('./cost.mjs').Cost & { best?: number, first?: number }} Contestant
 * @typedef {object} Row
 * @property {string} group rows of one group differ in size alone
 * @property {string} title
 * @property {number} operations what the times are divided by
 * @property {number} size
 * @property {string} [floorName]
 * @property {string} [toolName]
 * @property {string} [batchName]
 * @property {{ floor?: number, wakeUps?: number, tool?: number, seconds?: number }} most what is aimed at: at
 *   most so many times the floor and so many wake-ups, so many times faster than the tool, so many seconds
 * @property {Contestant} [library]
 * @property {Contestant} [floor]
 * @property {Contestant} [tool]
 * @property {Contestant} [batch] a tool that gets all of the work at once
 * @property {number | undefined} [growth] bytes
 * @property {number | undefined} [stall] seconds
 * @property {number | undefined} [nodeStall] seconds, while Node itself reads the same file
 * @property {string | undefined} [note] what else there is to say
 * @property {import('./profile.mjs').Share[] | undefined} [profile] where the JavaScript thread's time goes
 * @property {Contestant} [roomy] the library with a large young generation
 */

export {};

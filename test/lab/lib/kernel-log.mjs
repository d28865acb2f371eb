/** What the kernel prints when something is wrong with it, whoever ran on it. */
const TROUBLE =
  /Kernel panic|Oops|WARNING:|BUG:|INFO: (?:task|rcu|possible)|general protection fault|Kernel mode fault|unregister_netdevice: waiting|kmemleak:/;

const MOST = 60; // lines

/**
 * @param {string} log
 * @returns {boolean}
 */
export function troubleIn(log) {
  return TROUBLE.test(log);
}

/**
 * The part of a kernel log that explains a failure: from the first sign of trouble on; without one,
 * what was printed since the kernel was up; if it never was, the end.
 * @param {string} log
 */
export function excerpt(log) {
  const lines = log.trimEnd().split(/\r?\n/);
  const trouble = lines.findIndex((line) => TROUBLE.test(line));
  if (trouble >= 0) return lines.slice(trouble, trouble + MOST).join('\n');
  const init = lines.findIndex((line) => line.endsWith('lab: up'));
  return lines.slice(Math.max(init + 1, lines.length - MOST)).join('\n');
}

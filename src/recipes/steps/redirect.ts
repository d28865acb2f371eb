import type { NatOptions, RedirectRule } from '../../nat/index.js';
import type { Left } from '../journal.js';
import type { Step } from '../prepare.js';
import type { Tools } from '../tools.js';
import { checkDone, gone, unlessAbsent } from '../verify.js';

type Backend = NonNullable<NatOptions['backend']>;

/** Sees to a REDIRECT rule. */
export function addRedirect(rule: RedirectRule, wanted: Backend): Step {
  return async (tools, journal) => {
    const nat = await tools.nat(wanted);
    const done = await nat.ensureRedirect(rule, tools.options);
    const there = await nat.getRedirect(rule, tools.options);
    const step = {
      action: 'add redirect',
      object: there?.text ?? String(rule.destination),
    } as const;
    if (done === 'unchanged') {
      journal.found(step);
    } else {
      // Where rules are kept is decided anew by each handle; this one is where it was put.
      journal.changed(step, (undoing) => removeRedirect(undoing, rule, nat.backend));
    }
    checkDone(there !== undefined, `${step.action} ${step.object}`, undefined);
  };
}

async function removeRedirect(
  tools: Tools,
  rule: RedirectRule,
  backend: Backend,
): Promise<Left | undefined> {
  const nat = await tools.nat(backend);
  const there = await nat.getRedirect(rule, tools.options);
  if (there === undefined) return gone;
  const removed = nat.removeRedirect(rule, tools.options).then(() => true);
  return (await unlessAbsent(removed, 'ENOENT')) ? undefined : gone;
}

import type { Scene } from '../scene.js';

/** As the kernel has it: an address alone is a network of one. */
const rule = '-A PREROUTING -d 10.0.0.1/32 -j REDIRECT';

export async function redirect({ narrator, realServers }: Scene): Promise<void> {
  narrator.step(
    'The real servers take packets for the virtual address',
    'They do not have 10.0.0.1, so they don’t answer ARP for it. A nat rule makes them take its packets\nas their own; their answers leave as 10.0.0.1.',
  );
  for (const { name, nat } of realServers) {
    await narrator.perform(name, 'iptables -t nat -A PREROUTING -d 10.0.0.1 -j REDIRECT', () =>
      nat.addRedirect({ destination: '10.0.0.1' }),
    );
    const rules = await nat.listRules();
    narrator.kernel(
      name,
      rules.map(({ text }) => `${text}  (${nat.backend})`),
    );
    narrator.check(
      `${name} has that one rule`,
      rules.map(({ text }) => text),
      [rule],
    );
  }
}

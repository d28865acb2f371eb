/** Rules of the nat table that are nothing to do with us: with matches, targets and chains of their own. */
const foreignRules = [
  '-d 192.0.2.0/24 -j shop',
  '-p tcp -m tcp --tcp-flags SYN,ACK SYN -m statistic --mode nth --every 3 --packet 0 -j DNAT --to-destination 192.0.2.9:81',
  '-m addrtype --dst-type LOCAL -m limit --limit 5/sec -j RETURN',
  '-p udp -m multiport --dports 53,123 -m comment --comment "kept as it is" -j RETURN',
  '-s 10.0.0.0/8 -p tcp -m conntrack --ctstate NEW -j REDIRECT --to-ports 1024-2048 --random',
  '-p icmp -m icmp --icmp-type 8 -j ACCEPT',
  '-m mark --mark 0x1/0xff -j bank',
];

/** That many of them, with counters, as `iptables-restore` takes them; behind them their chains. */
export function foreignTable(count: number): string[] {
  const chains = ['PREROUTING', 'OUTPUT', 'shop', 'mall'];
  const rules = Array.from({ length: count }, (_, index) => {
    const rule = foreignRules[index % foreignRules.length];
    return `[${index}:${index * 60}] -A ${chains[index % chains.length]} ${rule}`;
  });
  return [':shop - [0:0]', ':mall - [0:0]', ':bank - [0:0]', ...withoutCircles(rules)];
}

/** Chains that lead to each other in a circle are refused. */
function withoutCircles(rules: readonly string[]): string[] {
  return rules.map((rule) =>
    /-A (shop|mall) .*-j shop$/.test(rule) ? rule.replace(/-j shop$/, '-j bank') : rule,
  );
}

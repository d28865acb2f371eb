import { formatFrame, verifyForwarding } from 'lvs/capture';
import { Rtnl } from 'lvs/route';
import type { Scene } from '../scene.js';
import { hostOf } from '../topology.js';

/** Of the frames, those of the first connection are enough to see how it goes. */
const shown = 8;

export async function giveVerdict({ narrator, ipvs, realServers }: Scene): Promise<void> {
  narrator.step(
    'Does it balance?',
    'verifyForwarding() plays a client on the bridge: it connects, watches the frames, and says what became\nof each attempt. The limits are lifted first, since all places are taken.',
  );
  for (const { address } of realServers) {
    await narrator.perform('vm1', `ipvsadm -e -t 10.0.0.1:80 -r ${address}:80 -g -w 1 -x 0`, () =>
      ipvs.updateDest('tcp://10.0.0.1:80', address, { upperThreshold: 0 }),
    );
  }
  await using lan = await Rtnl.open({ netns: 'lan' });
  await narrator.perform('lan', 'ip addr add dev br0 10.0.0.254/24', () =>
    lan.addAddress({ device: 'br0', address: '10.0.0.254/24' }),
  );
  const report = await narrator.perform('lan', "tcpdump -i br0 -e 'arp or tcp port 80'", () =>
    verifyForwarding({ vip: '10.0.0.1', port: 80, device: 'br0', netns: 'lan', probes: 4 }),
  );
  const lines = report.frames.map(formatFrame);
  const rest = lines.length - shown;
  narrator.kernel('lan', [
    ...lines.slice(0, shown),
    ...(rest > 0 ? [`… and ${rest} more`] : []),
    ...report.servers.map(
      ({ method, mac, accepted, probes }) =>
        `${hostOf(mac)}: by ${method}, in frames to ${mac}; ${accepted} of ${probes} accepted`,
    ),
  ]);
  await narrator.perform('lan', 'ip addr del dev br0 10.0.0.254/24', () =>
    lan.removeAddress({ device: 'br0', address: '10.0.0.254/24' }),
  );
  narrator.check('vm1 hands connections on', hostOf(report.director ?? ''), 'vm1');
  narrator.check(
    'both real servers get them by direct routing, and accept every one',
    report.servers
      .map(({ method, mac, probes, accepted }) => ({ host: hostOf(mac), method, probes, accepted }))
      .sort((a, b) => ((a.host ?? '') < (b.host ?? '') ? -1 : 1)),
    [
      { host: 'vm2', method: 'dr', probes: 2, accepted: 2 },
      { host: 'vm3', method: 'dr', probes: 2, accepted: 2 },
    ],
  );
  narrator.check('none is lost', report.notForwarded, 0);
  narrator.check('nobody else answers for 10.0.0.1', report.wrongArpAnswers, []);
}

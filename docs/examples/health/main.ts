// node main.js --service tcp://10.0.0.1:80 --source 10.0.0.10 --http /health
import process from 'node:process';
import { parseArgs } from 'node:util';
import { Ipvs } from 'lvs';
import { Sysctl } from 'lvs/sysctl';
import { HealthChecker } from './checker.js';
import type { Check } from './checks.js';
import { httpCheck, tcpCheck, tlsCheck } from './checks.js';

const { values } = parseArgs({
  options: {
    service: { type: 'string', default: 'tcp://10.0.0.1:80' },
    source: { type: 'string', default: '10.0.0.10' },
    device: { type: 'string', default: 'eth0' },
    netns: { type: 'string' },
    http: { type: 'string' },
    tls: { type: 'string' },
    interval: { type: 'string', default: '2000' },
    timeout: { type: 'string', default: '1000' },
    rise: { type: 'string', default: '2' },
    fall: { type: 'string', default: '3' },
  },
});

function chosenCheck(vip: string): Check {
  if (values.http !== undefined) return httpCheck(values.http, vip);
  if (values.tls !== undefined) return tlsCheck({ servername: values.tls });
  return tcpCheck();
}

const { netns } = values;
await using ipvs = await Ipvs.open({ netns });
const service = await ipvs.getService(values.service);
if (service?.address === undefined) throw new Error(`there is no service ${values.service}`);

// By direct routing a real server answers the director as it answers clients: from the VIP. The
// director has that address itself, and takes no packets from it unless told to.
await using sysctl = await Sysctl.open({ netns });
await sysctl.set('accept_local', true, { device: values.device });

const checker = new HealthChecker(ipvs, service, {
  check: chosenCheck(service.address),
  vip: service.address,
  port: service.port,
  source: values.source,
  netns,
  timeout: Number(values.timeout),
  firstMark: 7000,
  interval: Number(values.interval),
  rise: Number(values.rise),
  fall: Number(values.fall),
  report: console.log,
});

const controller = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => controller.abort());
}
await checker.run(controller.signal);

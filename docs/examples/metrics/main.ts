// node main.js 9100: metrics for Prometheus, on http://localhost:9100/metrics
import http from 'node:http';
import type { Destination } from 'lvs';
import { formatServiceName, Ipvs } from 'lvs';

const metrics: { readonly [name: string]: (dest: Destination) => number } = {
  weight: (dest) => dest.weight,
  active_connections: (dest) => dest.activeConnections,
  inactive_connections: (dest) => dest.inactiveConnections,
  connections_total: (dest) => dest.stats.connections,
  in_bytes_total: (dest) => dest.stats.inBytes,
};

const [port = '9100', netns] = process.argv.slice(2);
const ipvs = await Ipvs.open({ netns });

async function scrape(): Promise<string> {
  const { services } = await ipvs.snapshot();
  const rows = services.flatMap((service) => service.dests.map((dest) => ({ service, dest })));
  const families = Object.entries(metrics).map(([name, read]) => {
    const type = name.endsWith('_total') ? 'counter' : 'gauge';
    const samples = rows.map(({ service, dest }) => {
      const labels = `service="${formatServiceName(service)}",dest="${dest.address}:${dest.port}"`;
      return `lvs_dest_${name}{${labels}} ${read(dest)}\n`;
    });
    return `# TYPE lvs_dest_${name} ${type}\n${samples.join('')}`;
  });
  return families.join('');
}

const server = http.createServer((_, response) => {
  const fail = (error: unknown): unknown => response.writeHead(500).end(String(error));
  scrape().then((text) => response.end(text), fail);
});
server.listen(Number(port), 'localhost');

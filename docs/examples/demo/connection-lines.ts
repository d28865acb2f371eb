import type { IpvsConnection } from 'lvs';

/** Connections by the client's port, a line each, much as `ipvsadm -L -n -c` prints them. */
export function connectionLines(rows: readonly IpvsConnection[]): string[] {
  const sorted = [...rows].sort((a, b) => a.client.port - b.client.port);
  return sorted.map(({ client, virtual, dest, state, expires }) => {
    const service = 'fwmark' in virtual ? `fwmark:${virtual.fwmark}` : textOf(virtual);
    return `${textOf(client)} → ${service} → ${textOf(dest)}  ${state}, ${expires} s left`;
  });
}

function textOf({ address, port }: { readonly address: string; readonly port: number }): string {
  return `${address}:${port}`;
}

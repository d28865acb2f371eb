import { afterEach, describe, expect, it, vi } from 'vitest';
import { explainPermission } from '../../../src/native/permission.js';
import { readTextFile } from '../../../src/native/text-file.js';

vi.mock('../../../src/native/text-file.js', () => ({ readTextFile: vi.fn() }));

const netAdmin = 12;
const initialMap = '         0          0 4294967295\n';
const innerMap = '         0       1000          1\n';

/** What the kernel says of the process: its capabilities, and how its users are called outside. */
function process(capabilities: bigint, map: string): void {
  const status = `Name:\tnode\nCapEff:\t${capabilities.toString(16).padStart(16, '0')}\n`;
  vi.mocked(readTextFile).mockImplementation((path) => (path.endsWith('status') ? status : map));
}

describe('a capability that an operation needs', () => {
  afterEach(() => void vi.mocked(readTextFile).mockReset());

  it('is named, with where it has to be and how to get it', () => {
    process(0n, initialMap);
    expect(explainPermission('CAP_NET_ADMIN', netAdmin, 'initial')).toEqual({
      cause: 'it needs CAP_NET_ADMIN in the initial user namespace',
      cure: 'run as root or give the process CAP_NET_ADMIN (setcap, AmbientCapabilities=, --cap-add)',
    });
    process(1n << BigInt(netAdmin - 1), innerMap);
    expect(explainPermission('CAP_NET_ADMIN', netAdmin).cause).not.toContain('of its own');
  });

  it('that a process has in its own user namespace only is not enough', () => {
    process(1n << BigInt(netAdmin), innerMap);
    expect(explainPermission('CAP_NET_ADMIN', netAdmin)).toEqual({
      cause:
        'it needs CAP_NET_ADMIN in the user namespace that owns the network namespace; this process has it only in a user namespace of its own',
      cure: 'run it outside the user namespace, or in a network namespace that was made inside it',
    });
  });

  it('is said to be missing where the process may not read about itself', () => {
    vi.mocked(readTextFile).mockReturnValue(undefined);
    expect(explainPermission('CAP_NET_RAW', 13).cause).toBe(
      'it needs CAP_NET_RAW in the user namespace that owns the network namespace',
    );
  });
});

/** What it depends on whether and how an addon loads. */
export interface Runtime {
  readonly platform: string;
  readonly arch: string;
  /** Version of Bun, which is no Node.js. */
  readonly bun: string | undefined;
  /** Whether Node's permission model is on. */
  readonly permissions: boolean;
  /** The package's folder, for the command that builds the addon there. */
  readonly folder: string;
  /** What the environment names as the addon's file. */
  readonly named: string | undefined;
}

/** Architectures that the package has a binary for. */
const architectures = ['x64', 'arm64'];

export function thisRuntime(folder: string): Runtime {
  return {
    platform: process.platform,
    arch: process.arch,
    bun: process.versions['bun'],
    permissions: process.permission !== undefined,
    folder,
    named: process.env['LVS_ADDON_PATH'] || undefined,
  };
}

/** What Node and the dynamic linkers of glibc and musl say, what it means, and what helps. */
const causes: readonly {
  readonly said: RegExp;
  readonly explain: (text: string, runtime: Runtime) => string;
}[] = [
  {
    said: /version [`'](GLIBC|GLIBCXX|CXXABI)_[\d.]+' not found/,
    explain: (text, { folder }) =>
      `it was built for a newer C or C++ library than this machine's (${text}); ${build(folder)}`,
  },
  {
    said: /^Error (relocating|loading shared library)/m,
    explain: (text, { folder }) =>
      `it was built for another C library than this machine's musl (${text}); ${build(folder)}`,
  },
  {
    said: /undefined symbol: (napi|node_api)_/,
    explain: (text) =>
      `this Node.js is older than its interface (${text}); use Node.js 20.19 or newer`,
  },
  {
    said: /invalid ELF header|wrong ELF class|Exec format error|cannot open shared object file/,
    explain: (text, { arch, folder }) =>
      `it is no binary for linux-${arch} (${text}); ${build(folder)}`,
  },
  {
    said: /failed to map segment|Operation not permitted/,
    explain: (text, { folder }) =>
      `its file may not be executed (${text}); is ${folder} on a file system that is mounted noexec? Then install it on another`,
  },
];

/** The sentence of a `LoadError`: what went wrong and what helps. */
export function explainLoadFailure(errors: readonly unknown[], runtime: Runtime): string {
  const { platform, permissions, named, bun } = runtime;
  if (platform !== 'linux') {
    return `lvs drives the Linux kernel's load balancer, and this is ${platform}: it can be imported here, but handles open on Linux only, for example in a virtual machine or a container`;
  }
  if (errors.length === 0 && bun !== undefined) {
    return `Bun ${bun} is not known to have a function of libuv that the addon needs (uv_thread_create), and would crash; run this with Node.js or Deno, or name the addon in LVS_ADDON_PATH to try it nevertheless`;
  }
  const codes = errors.map(codeOf);
  if (codes.includes('ERR_DLOPEN_DISABLED')) {
    return permissions
      ? "Node's permission model keeps this process from loading native addons; run node with --allow-addons too"
      : 'this process may not load native addons; run node without --no-addons (look into NODE_OPTIONS, too)';
  }
  if (codes.includes('ERR_ACCESS_DENIED')) {
    return `Node's permission model keeps this process from reading the addon; run node with --allow-addons and --allow-fs-read=${runtime.folder}`;
  }
  const found = errors.find((_, index) => codes[index] !== 'MODULE_NOT_FOUND');
  if (found === undefined) return explainAbsence(runtime);
  const text = found instanceof Error ? found.message : String(found);
  const cause = causes.find(({ said }) => said.test(text));
  const what = named === undefined ? 'the addon' : `the addon of LVS_ADDON_PATH, ${named},`;
  return `${what} could not be loaded: ${cause?.explain(text, runtime) ?? `${text}; ${build(runtime.folder)}`}`;
}

function explainAbsence({ arch, folder, named }: Runtime): string {
  if (named !== undefined) return `there is no file ${named}, which LVS_ADDON_PATH names`;
  if (!architectures.includes(arch)) {
    return `lvs has binaries for ${architectures.map((each) => `linux-${each}`).join(' and ')}, and this is linux-${arch}; ${build(folder)}`;
  }
  return `the addon is not where the package has it, in prebuilds/linux-${arch} of ${folder}; install the package whole, keep it out of bundles (--external:lvs), or name the file in the environment variable LVS_ADDON_PATH`;
}

function build(folder: string): string {
  return `build it here: "npm install --no-save node-addon-api@8" and then "npm --prefix ${folder} run build:native", with a C++17 compiler, make and Python 3`;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

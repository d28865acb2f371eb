{
  # node-gyp turns plain options into these: `node-gyp rebuild --sanitize=address,undefined`, `--coverage=1`.
  # A portable build runs on machines with other C and C++ libraries too.
  # Node's own config.gypi may already say 'coverage': 'false', so only 1 means yes.
  'variables': {
    'sanitize%': '',
    'coverage%': 0,
    'werror%': 0,
    'portable%': 0,
  },
  'targets': [
    {
      'target_name': 'lvs',
      'conditions': [
        ['OS != "linux"', { 'type': 'none' }],
        ['OS == "linux"', {
          'variables': {
            'napi_include': '<!(node native/headers.mjs)',
          },
          'sources': [
            '<!@(node -p "fs.readdirSync(\'native\', { recursive: true }).filter((f) => f.endsWith(\'.cc\')).sort().map((f) => \'native/\' + f).join(\' \')")',
          ],
          'include_dirs': ['native'],
          'defines': [
            'NAPI_VERSION=8',
            'NAPI_DISABLE_CPP_EXCEPTIONS',
            'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
            'NODE_ADDON_API_DISABLE_DEPRECATED',
            # XT_ALIGN of the kernel's headers before 6.2 says `typeof`, which C++17 does not have.
            'typeof=__typeof__',
          ],
          # The strict warnings are for this project's code: -isystem silences the headers of Node and
          # node-addon-api, and overrides the -I that node-gyp passes for the same directories.
          'cflags': [
            '-isystem', '<(napi_include)',
            '-isystem', '<(node_root_dir)/include/node',
            '-fvisibility=hidden',
            '-Wall',
            '-Wextra',
            '-Wunused-parameter',
            '-Wshadow',
            '-Wconversion',
            '-Wsign-conversion',
            '-Wcast-align=strict',
            '-Wcast-qual',
            '-Wformat=2',
            '-Wnull-dereference',
            '-Wimplicit-fallthrough',
            '-Wundef',
            '-Wvla',
          ],
          'cflags_cc!': ['-std=gnu++17', '-std=gnu++20'],
          'cflags_cc': [
            '-std=c++17',
            '-fno-exceptions',
            '-fno-rtti',
            '-fvisibility-inlines-hidden',
            '-Wnon-virtual-dtor',
            '-Woverloaded-virtual',
            '-Wextra-semi',
            '-Wold-style-cast',
          ],
          'configurations': { 'Release': { 'cflags!': ['-O3'] } },
          'conditions': [
            ['sanitize != ""', {
              # GCC loses track of what is set where it has put its own checks in between.
              'cflags': ['-g', '-fno-omit-frame-pointer', '-fsanitize=<(sanitize)', '-fno-sanitize-recover=all', '-Wno-maybe-uninitialized'],
              'ldflags': ['-fsanitize=<(sanitize)'],
            }],
            ['werror == 1', { 'cflags': ['-Werror'] }],
            ['portable == 1', {
              # Of libstdc++ only what the linker still misses, and that becomes part of the addon.
              'ldflags': ['-nodefaultlibs', '-Wl,--version-script=<(module_root_dir)/native/runtime/exports.map'],
              'libraries': ['-l:libstdc++.a', '-lc', '-lgcc'],
              # Choosing atomic instructions at run time takes a function that musl does not have.
              'conditions': [['target_arch == "arm64"', { 'cflags': ['-mno-outline-atomics'] }]],
            }, {
              'sources!': ['native/runtime/portable.cc'],
            }],
            ['coverage == 1', {
              # Optimised code would count lines that were inlined or merged away.
              'configurations': { 'Release': { 'cflags': ['-O0', '--coverage'] } },
              'ldflags': ['--coverage'],
            }, {
              'sources!': ['native/runtime/coverage.cc'],
              'configurations': { 'Release': { 'cflags': ['-O2'] } },
            }],
          ],
        }],
      ],
    },
  ],
}

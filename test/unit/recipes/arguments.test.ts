import { expect, it } from 'vitest';
import type { DirectorOptions, RealServerOptions } from '../../../src/recipes/index.js';
import { prepareDirector, prepareRealServer } from '../../../src/recipes/index.js';

const [type, value, range] = [
  'ERR_INVALID_ARG_TYPE',
  'ERR_INVALID_ARG_VALUE',
  'ERR_OUT_OF_RANGE',
] as const;
const vip = '10.0.0.1';
const v6 = '2001:db8::1';

it.each<[string, unknown]>([
  [type, undefined],
  [type, {}],
  [value, { vip, mode: 'dr' }],
  [type, { mode: 'redirect' }],
  [value, { vip: '10.0.0.1/32', mode: 'loopback' }],
  [value, { vip: '0.0.0.0', mode: 'loopback' }],
  [value, { vip, mode: 'loopback', local: '10.0.0.20' }],
  [value, { vip, mode: 'loopback', device: 'a/b' }],
  [value, { vip: v6, mode: 'loopback', device: 'ens3' }],
  [value, { vip, mode: 'redirect', port: 80 }],
  [range, { vip, mode: 'redirect', protocol: 'tcp', port: 0 }],
  [value, { vip, mode: 'redirect', backend: 'ebtables' }],
  [type, { vip, mode: 'tunnel' }],
  [value, { vip, mode: 'tunnel', local: '10.0.0.20', type: 'vxlan' }],
  [value, { vip, mode: 'tunnel', local: v6, type: 'gre' }],
  [value, { vip, mode: 'tunnel', local: '10.0.0.20', port: 6080 }],
  [value, { vip, mode: 'tunnel', local: '10.0.0.20', name: 'longer-than-any-device' }],
])('prepareRealServer refuses with %s: %o', async (code, options) => {
  await expect(prepareRealServer(options as RealServerOptions)).rejects.toMatchObject({ code });
});

it.each<[string, object]>([
  [value, { mode: 'loopback' }],
  [type, { device: undefined }],
  [value, { vip: '224.0.0.1' }],
  [value, { label: 'eth0:1' }],
  [value, { vip: v6, label: 'ens3:1' }],
  [range, { probe: { count: 0 } }],
  [value, { probe: { form: 'reply' } }],
  [value, { announce: { form: 'none' } }],
  [value, { vip: v6, announce: { form: 'reply' } }],
  [type, { mode: 'nat', conntrack: 1 }],
  [value, { real: true }],
])('prepareDirector refuses with %s: %o', async (code, wrong) => {
  const options = { vip, device: 'ens3', mode: 'dr', ...wrong } as DirectorOptions;
  await expect(prepareDirector(options)).rejects.toMatchObject({ code });
});

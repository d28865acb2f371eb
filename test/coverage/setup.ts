// What vitest loads before each file of tests where coverage is measured.
import { afterAll } from 'vitest';

// The addon hears it, see native/runtime/coverage.cc.
afterAll(() => void process.kill(process.pid, 'SIGURG'));

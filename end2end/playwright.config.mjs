import { defineConfig } from '@playwright/test';

/**
 * Debian's Chromium against a real `keuze demo` behind the HTTPS proxy of proxy.mjs; global-setup.mjs starts both
 * and afterwards runs `keuze verify` over what the tests wrote. The browser's flags depend on the proxy's port and
 * stand in support/test.mjs.
 */
export default defineConfig({
  testDir: './specs',
  globalSetup: './global-setup.mjs',
  outputDir: './test-results',
  fullyParallel: true,
  workers: 2,
  // On a busy machine Chromium itself can be late. What passes only the second time is listed as flaky, by name: a race
  // of ours shows there too, and is mended.
  retries: 1,
  forbidOnly: true,
  timeout: 30_000,
  expect: { timeout: 5_000 },
  reporter: [['list']],
  use: {
    actionTimeout: 5_000,
    navigationTimeout: 10_000,
    screenshot: 'only-on-failure',
  },
});

import assert from 'node:assert/strict';

import { startProxy } from './proxy.mjs';
import { changeFirstPassword } from './support/desk.mjs';
import { KeuzeServer } from './support/server.mjs';

/**
 * Starts server and proxy, and hands their addresses to the workers by the environment. The function it returns stops
 * them, and fails the run when the server did not stop cleanly or the ledger that the tests wrote does not check out.
 */
export default async function globalSetup() {
  const server = await KeuzeServer.start();
  const proxy = await startProxy(server.origin);
  process.env.KEUZE_E2E_SERVER = server.origin;
  process.env.KEUZE_E2E_PORT = String(proxy.port);
  process.env.KEUZE_E2E_CONTROL = proxy.control;
  process.env.KEUZE_E2E_KEY_HASH = proxy.keyHash;
  process.env.KEUZE_E2E_STAFF = JSON.stringify(await changeFirstPassword(server.origin, await server.firstStaff()));
  return async () => {
    await proxy.close();
    const status = await server.stop();
    assert.equal(status, 0, `the server did not stop cleanly:\n${server.output}`);
    const verdict = await server.verify();
    assert.match(verdict, /^ok: [1-9]\d* records \(\d+ erased\), root \S+$/);
    console.log(`keuze verify: ${verdict}`);
    await server.remove();
  };
}

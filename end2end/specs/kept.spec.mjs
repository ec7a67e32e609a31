import { randomUUID } from 'node:crypto';

import { signIn } from '../support/desk.mjs';
import { newestMail } from '../support/outbox.mjs';
import { example } from '../support/server.mjs';
import { banner, control, expect, panel, test } from '../support/test.mjs';

/** Notes everything that a script keeps on the device. */
const watch = () => {
  const cookie = Object.getOwnPropertyDescriptor(Document.prototype, 'cookie');
  const set = function (line) {
    noteKept('script', line);
    cookie.set.call(this, line);
  };
  Object.defineProperty(Document.prototype, 'cookie', { ...cookie, set });
  // A page that has no secure origin, such as the empty one of a new tab, has not all of them.
  const roads = { Storage: 'setItem', IDBFactory: 'open', CacheStorage: 'open', CookieStore: 'set', ServiceWorkerContainer: 'register' };
  for (const [holder, name] of Object.entries(roads)) {
    const prototype = globalThis[holder]?.prototype;
    if (!prototype) continue;
    const real = prototype[name];
    prototype[name] = function (...given) {
      noteKept(name, String(given[0]?.name ?? given[0]));
      return real.apply(this, given);
    };
  }
};

/** Collects what the server and the scripts keep on a visitor's device, as `[how, line]`. */
async function watched(visitor) {
  const kept = [];
  await visitor.context.exposeBinding('noteKept', (_source, how, line) => void kept.push([how, line]));
  await visitor.context.addInitScript(watch);
  visitor.context.on('response', async (response) => {
    const headers = await response.headersArray().catch(() => []);
    for (const { name, value } of headers) if (name.toLowerCase() === 'set-cookie') for (const line of value.split('\n')) kept.push(['server', line]);
  });
  return kept;
}

/** The register: what the page shows people, and what the configuration says beside that. */
async function register(page) {
  await page.goto('/keuze/cookies?lang=nl');
  const rows = await page.locator('.cookies tr:has(th[scope=row])').evaluateAll((all) =>
    all.map((row) => [row.cells[0].textContent, row.cells[2].textContent.trim()]),
  );
  const blocks = (await example()).split(/^\[\[cookies\]\]$/m).slice(1);
  const written = new Map(blocks.map((block) => [block.match(/^name = "(.*)"$/m)[1], block]));
  return new Map(rows.map(([name, stays]) => [name, { stays, script: /^http_only = false$/m.test(written.get(name)) }]));
}

/** What is kept, and not in the register or not as it says there; a line each. */
function faults(kept, registered) {
  const wrong = [];
  for (const [how, line] of kept) {
    if (how !== 'server' && how !== 'script') {
      wrong.push(`${how} ${line}`);
      continue;
    }
    const [pair, ...attributes] = line.split(';').map((part) => part.trim());
    const has = Object.fromEntries(attributes.map((one) => one.toLowerCase().split('=')));
    const age = 'max-age' in has ? Number(has['max-age']) : undefined;
    if (age === 0) continue;
    const name = pair.split('=')[0];
    const entry = registered.get(name);
    if (!entry) wrong.push(`${name} is not registered`);
    else if (entry.script === 'httponly' in has) wrong.push(`${name}: a script can read it, or not, unlike the register says`);
    else if (age > Number(entry.stays.match(/(\d+) dag/)?.[1] ?? 0) * 86_400) wrong.push(`${name} outlives "${entry.stays}"`);
    else if (age === undefined && /\d/.test(entry.stays)) wrong.push(`${name} is longer than "${entry.stays}"`);
  }
  return wrong;
}

/** Proves an address of one's own by its code, which opens a session. */
async function prove(page) {
  const address = `${randomUUID()}@example.nl`;
  await page.goto('/keuze/voorkeuren');
  await page.getByRole('link', { name: 'Zien en veranderen wat u van ons krijgt' }).click();
  await page.getByLabel('Uw e-mailadres').fill(address);
  await page.getByRole('button', { name: 'Stuur mij een code' }).click();
  await page.getByLabel('Code').fill(await newestMail(process.env.KEUZE_E2E_SERVER, address, />(\d{6})</));
  await page.getByRole('button', { name: 'Verder' }).click();
}

test('all that is kept on the devices of visitors and staff stands in the register, as it is', async ({ arrive }) => {
  test.setTimeout(90_000);
  const kept = [];
  // One who goes on without an answer, then accepts, goes at once, and withdraws.
  const visitor = await arrive();
  const first = await watched(visitor);
  const page = await visitor.open();
  await page.getByRole('navigation').getByRole('link', { name: 'Tarieven' }).click();
  await page.waitForLoadState('networkidle');
  await page.goto('/ingehouden');
  await page.locator('keuze-banner [part=open]').click();
  await control(page, 'settings').click();
  await panel(page).getByRole('switch', { name: 'Marketing' }).check();
  await panel(page).locator('[part=save]').click();
  await page.getByRole('button', { name: 'Alles intrekken' }).click();
  await page.waitForLoadState('networkidle');
  await prove(page);
  expect(await page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0);
  kept.push(...first);
  // One whose press is under way while the page goes.
  const hasty = await arrive();
  const second = await watched(hasty);
  await hasty.meet('delay /keuze/api/v1/choices 700');
  const other = await hasty.open();
  await control(other, 'accept').click();
  await other.goto('/tweede');
  await expect(banner(other)).toHaveCount(0);
  await expect.poll(() => hasty.cookie('__Host-keuze')).toBeTruthy();
  kept.push(...second);
  // Staff.
  const staff = await arrive();
  const third = await watched(staff);
  const desk = await staff.open('/keuze/desk');
  await signIn(desk, JSON.parse(process.env.KEUZE_E2E_STAFF));
  await expect(desk.getByRole('heading', { name: 'Een keuze of persoon opzoeken' })).toBeVisible();
  kept.push(...third);

  const registered = await register(desk);
  expect(faults(kept, registered)).toEqual([]);
  const names = new Set(kept.map(([, line]) => line.split('=')[0]));
  const ours = [...registered.keys()].filter((name) => name.includes('keuze'));
  expect(ours.length).toBeGreaterThan(6);
  expect(ours.filter((name) => !names.has(name)), 'registered, and never seen on this walk').toEqual([]);
});

test('the watch notices what is kept beside the register', async ({ visitor }) => {
  const kept = await watched(visitor);
  const page = await visitor.open('/keuze/cookies');
  await page.evaluate(() => {
    document.cookie = 'extra=1; max-age=60';
    document.cookie = 'keuze_probe=; max-age=90000';
    document.cookie = 'keuze_probe=';
    localStorage.setItem('mark', '1');
    indexedDB.open('store');
    document.cookie = 'keuze_probe=; max-age=9';
  });
  await expect.poll(() => kept.length).toBe(6);
  expect(faults(kept, await register(page))).toEqual([
    'extra is not registered',
    'keuze_probe outlives "1 dag"',
    'keuze_probe is longer than "1 dag"',
    'setItem mark',
    'open store',
  ]);
});

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { ORIGIN } from '../support/browser.mjs';
import { expect, test } from '../support/test.mjs';

/**
 * The table of cases that the rules of the server made (server/web/examples/device_cases.rs), through `embed.js` in a page:
 * what it allows, and whether it asks.
 */
const FILE = fileURLToPath(new URL('../../target/device-cases.json', import.meta.url));

const table = () => {
  if (!existsSync(FILE)) throw new Error(`${FILE} is missing: cargo run -p server --example device_cases -- ${FILE}`);
  return JSON.parse(readFileSync(FILE, 'utf8'));
};

/** Over https a host has one cookie of a prefixed name; a second one can be planted over http alone. */
const scheme = ({ cookies, seen }) => (Math.max(cookies.length, seen.length) > 1 ? 'http' : 'https');

/** A page on which it is a given time on the device; the cookies are there before the script runs. */
const page = (current) => {
  const { cookies, seen, gpc, now, clock } = current;
  // Each on a path of its own, the longest first, as browsers order them.
  const put = (name, values) =>
    values.map((value, at) => {
      const path = scheme(current) === 'http' ? '/geval/a/b'.slice(0, [10, 8, 6][at]) : '/; secure';
      const prefix = scheme(current) === 'http' ? '' : '__Host-';
      return `document.cookie = ${JSON.stringify(`${prefix}${name}=${value}; path=${path}`)};`;
    });
  const lines = [
    `Date.now = () => ${(now + clock) * 1000};`,
    gpc && `Object.defineProperty(navigator, 'globalPrivacyControl', { value: true });`,
    ...put('keuze', cookies),
    ...put('keuze_seen', seen),
  ];
  return `<!doctype html><html lang="nl"><title>Geval</title><main><h1>Geval</h1></main>
<script>${lines.filter(Boolean).join('\n')}</script><script src="/keuze/embed.js"></script>`;
};

/** What the script makes of it. */
const outcome = (ids) => {
  const section = document.querySelector('keuze-banner')?.shadowRoot.querySelector('[part=banner],[part=control]');
  return JSON.stringify([ids.map((id) => keuze.allowed(id)), Boolean(section)]);
};

/** Waits until the script came to what is expected, and for a while sees to it that it stays so; what it came to. */
const settled = async ([outcome, ids, expected, patience]) => {
  const look = new Function(`return (${outcome})`)();
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  for (let waited = 0; look(ids) !== expected && waited < 1500; waited += 10) await pause(10);
  await pause(patience);
  return look(ids);
};

test('embed.js decides every case of the table as the rules do', async ({ visitor }) => {
  test.setTimeout(400_000);
  const { files, cases } = table();
  expect(cases.length).toBeGreaterThan(500);
  let current;
  const tab = await visitor.context.newPage();
  await tab.route(`${ORIGIN}/**`, (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/geval/a/b') return route.fulfill({ contentType: 'text/html; charset=utf-8', body: page(current) });
    const body = files[current.policy][scheme(current)][pathname];
    if (body) return route.fulfill({ contentType: 'text/javascript', body });
    if (pathname === '/keuze/health') return route.fulfill({ json: {}, headers: { date: new Date(current.now * 1000).toUTCString() } });
    return route.abort();
  });
  const wrong = [];
  for (current of cases) {
    await visitor.context.clearCookies();
    await tab.goto('/geval/a/b');
    const expected = JSON.stringify([Object.values(current.allowed), current.ask]);
    // With a clock that is off, the script asks the server for the time before it decides.
    const found = await tab.evaluate(settled, [outcome.toString(), Object.keys(current.allowed), expected, current.clock ? 60 : 5]);
    if (found !== expected) wrong.push({ ...current, found });
  }
  expect(wrong).toEqual([]);
});

test('an answer given under a clock that is 200 days ahead is not asked for again', async ({ visitor }) => {
  await visitor.context.addInitScript(() => {
    const now = Date.now;
    Date.now = () => now() + 200 * 86_400_000;
  });
  for (const part of ['refuse', 'accept']) {
    await visitor.context.clearCookies();
    const tab = await visitor.open('/ingehouden');
    await tab.locator(`[part=banner] [part=${part}]`).click();
    await expect(tab.locator('[part=banner]')).toHaveCount(0);
    for (const path of ['/tweede', '/ingehouden']) {
      const health = tab.waitForResponse(/\/keuze\/health$/);
      await tab.goto(path);
      await health;
      await tab.waitForLoadState('networkidle');
      await expect(tab.locator('[part=banner],[part=control]')).toHaveCount(0);
      expect(await tab.evaluate(() => keuze.allowed('marketing'))).toBe(part === 'accept');
    }
  }
});

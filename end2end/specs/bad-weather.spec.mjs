import { answer, banner, CHOICE, control, expect, panel, ran, receipt, said, test } from '../support/test.mjs';

const CHOICES = '/keuze/api/v1/choices';
const CUT_OFF = /net::ERR_|Failed to load resource/;

test('with web storage denied everything works', async ({ visitor }) => {
  await visitor.context.addInitScript(() => {
    const denied = { get() { throw new DOMException('denied', 'SecurityError'); } };
    for (const name of ['localStorage', 'sessionStorage', 'indexedDB']) Object.defineProperty(window, name, denied);
  });
  const page = await visitor.open();
  await answer(page, 'refuse');
  await page.reload();
  await page.waitForLoadState('networkidle');
  await expect(page.locator('keuze-banner')).toHaveCount(0);
});

test('a host’s worst style sheet changes nothing of the banner', async ({ visitor }) => {
  const looks = async (path) => {
    const page = await visitor.open(path);
    await expect(banner(page)).toBeVisible();
    return banner(page).evaluate((part) => {
      const wanted = ['display', 'visibility', 'color', 'backgroundColor', 'fontSize', 'fontStyle', 'lineHeight', 'letterSpacing'];
      const one = (element) => wanted.map((name) => getComputedStyle(element)[name]).join(' ');
      return [part, ...part.querySelectorAll('*')].map((element) => `${element.localName} ${one(element)} ${element.clientWidth}x${element.clientHeight}`);
    });
  };
  expect(await looks('/vijandig')).toEqual(await looks('/'));
});

test('nor of the panel', async ({ visitor }) => {
  const size = async (path) => {
    const page = await visitor.open(path);
    await control(page, 'settings').click();
    await expect(panel(page)).toBeVisible();
    return panel(page).evaluate((part) => [...part.querySelectorAll('*')].map((element) => {
      const { color, fontSize, fontStyle, letterSpacing, visibility } = getComputedStyle(element);
      return [element.localName, element.clientWidth, element.clientHeight, color, fontSize, fontStyle, letterSpacing, visibility].join(' ');
    }));
  };
  expect(await size('/vijandig')).toEqual(await size('/'));
});

test('where the server cannot be reached nothing is granted, and the next page asks again', async ({ arrive }) => {
  const visitor = await arrive({ tolerates: CUT_OFF });
  await visitor.meet(`cut ${CHOICES}`);
  const page = await visitor.open('/ingehouden');
  await control(page, 'accept').click();
  await expect(said(page)).toContainText('Wij weten nog niet of uw keuze is aangekomen.');
  await expect(banner(page)).toBeVisible();
  expect(await ran(page)).toEqual([]);
  expect(await visitor.context.cookies()).toEqual([]);
  await page.getByRole('link', { name: 'Start' }).click();
  await expect(banner(page)).toBeVisible();
  // Once the server answers again, so does the banner that failed before.
  await control(page, 'accept').click();
  await expect(said(page)).toContainText('weten nog niet');
  await visitor.meet();
  await receipt(page);
  await expect.poll(() => page.evaluate(() => keuze.allowed('marketing'))).toBe(true);
});

for (const part of ['refuse', 'accept']) {
  test(`a choice (${part}) that is under way is not asked again on the next page, nor overwritten by continued use`, async ({ visitor }) => {
    await visitor.meet(`delay ${CHOICES} 2500`);
    const page = await visitor.open();
    await control(page, part).click();
    await page.getByRole('link', { name: 'Video' }).click();
    await expect(page).toHaveURL('/ingehouden');
    let asked = 0;
    while (!(await visitor.cookie(CHOICE))) asked += await banner(page).count();
    expect(asked).toBe(0);
    await expect.poll(() => ran(page)).toEqual(part === 'accept' ? ['slow', 'inline:ready', 'vendor', 'statistics'] : []);
    await expect(page.locator('keuze-placeholder')).toHaveCount(part === 'accept' ? 0 : 1);
    await expect(banner(page)).toHaveCount(0);
    expect((await visitor.asked()).filter((line) => line.startsWith('POST'))).toEqual([`POST ${CHOICES} 201`]);
    expect((await visitor.context.cookies()).map(({ name }) => name)).not.toContain('__Host-keuze_seen');
  });
}

test('a refusal that arrives after continued use outranks it', async ({ visitor }) => {
  const [slow, page] = [await visitor.open(), await visitor.open()];
  await visitor.meet(`delay ${CHOICES} 2500`);
  await control(slow, 'refuse').click();
  await page.getByRole('link', { name: 'Video' }).click();
  await expect.poll(() => visitor.count('POST /keuze/api/v1/continued-use 204')).toBe(1);
  await expect.poll(() => visitor.cookie(CHOICE)).toBeTruthy();
  await page.reload();
  await page.waitForLoadState('networkidle');
  expect(await page.evaluate(() => keuze.allowed('statistics'))).toBe(false);
  expect(await ran(page)).toEqual([]);
  await expect(page.locator('keuze-banner')).toHaveCount(0);
});

test('a broken cookie counts as none and is replaced by the next answer', async ({ visitor }) => {
  await visitor.context.addCookies([{ name: CHOICE, value: 'marketing.1.g', path: '/', domain: 'www.voipro.nl', secure: true }]);
  const page = await visitor.open();
  await expect(banner(page)).toBeVisible();
  expect(await page.evaluate(() => keuze.allowed('marketing'))).toBe(false);
  await answer(page, 'refuse');
  expect((await visitor.cookie(CHOICE)).value).toMatch(/^statistics\.1\.o~marketing\.1\.r\.\d{10}~/);
});

/** Answers choices by a script of the test's: what each attempt meets, in order; the last one goes through. */
async function meets(page, attempts) {
  const keys = [];
  await page.route('**/keuze/api/v1/choices', async (route) => {
    keys.push(route.request().headers()['idempotency-key']);
    const attempt = attempts.shift();
    if (attempt) await attempt(route);
    else await route.continue();
  });
  return keys;
}

const problem = (status, type) => (route) =>
  route.fulfill({ status, contentType: 'application/problem+json', body: JSON.stringify({ type: `https://www.voipro.nl/keuze/problems/${type}`, status }) });

const UNKNOWN = 'Wij weten nog niet of uw keuze is aangekomen.';

/** What an attempt can meet, and what is said of it meanwhile. */
const WEATHER = {
  'the connection breaks': [(route) => route.abort(), UNKNOWN],
  'the server does not know either': [problem(503, 'outcome-unknown'), UNKNOWN],
  'a proxy gives up waiting': [(route) => route.fulfill({ status: 504, body: '<html>504</html>' }), UNKNOWN],
  'the server took too long': [problem(408, 'timed-out'), UNKNOWN],
  'the server fails': [problem(500, 'internal'), UNKNOWN],
  'something else answers': [(route) => route.fulfill({ status: 200, body: 'welkom op de wifi' }), UNKNOWN],
  'something in between has no server': [problem(503, 'busy'), UNKNOWN],
  'there were too many': [problem(429, 'rate-limited'), 'Uw keuze is nog niet opgeslagen.'],
};

for (const [what, [attempt, told]] of Object.entries(WEATHER)) {
  test(`when ${what} it is told so, and asked again under the same key`, async ({ arrive }) => {
    const visitor = await arrive({ tolerates: CUT_OFF });
    const page = await visitor.open();
    const keys = await meets(page, [attempt]);
    await control(page, 'refuse').click();
    await expect(said(page)).toContainText(told);
    if (told === UNKNOWN) expect(await said(page).textContent()).not.toContain('niet opgeslagen');
    await receipt(page);
    await expect(said(page)).toContainText('Geweigerd.');
    expect(keys).toHaveLength(2);
    expect(keys[0]).toMatch(/^\d+(-\d+){3}$/);
    expect(keys[1]).toBe(keys[0]);
  });
}

/** What can come with a status, whoever wrote it. */
const BODIES = {
  'a problem of ours': JSON.stringify({ type: 'https://www.voipro.nl/keuze/problems/busy', status: 503 }),
  'a problem of another': JSON.stringify({ type: 'about:blank', title: 'Client Closed Request' }),
  'an empty object': '{}',
  'no object': 'null',
  'a text': '"not stored"',
  'a page': '<html>499</html>',
  nothing: '',
};

/** Whether the request arrived is not in such an answer: it tells of a time limit, or of a server that was not reached. */
const UNTOLD = [200, 202, 203, 204, 408, 499, 500, 501, 502, 503, 504, 520, 524];

test('no status that leaves it open is told as not stored, whatever comes with it', async ({ arrive }) => {
  test.setTimeout(240_000);
  const visitor = await arrive({ tolerates: CUT_OFF });
  const page = await visitor.context.newPage();
  const tried = async (status, body) => {
    // A press that is under way goes with its page, and what the page left of it for the next one.
    await page.goto('about:blank');
    await visitor.context.clearCookies();
    await page.unroute('**/keuze/api/v1/choices');
    await page.route('**/keuze/api/v1/choices', (route) => route.fulfill({ status, contentType: 'application/json', body }));
    await page.goto('/');
    await control(page, 'refuse').click();
    await expect(said(page), `${status} ${body}`).not.toBeEmpty();
    return said(page).textContent();
  };
  for (const status of [...UNTOLD, 201]) {
    for (const [what, body] of Object.entries(BODIES)) {
      const told = await tried(status, body);
      expect(told, `${status} with ${what}`).toContain(UNKNOWN);
      expect(told, `${status} with ${what}`).not.toContain('opgeslagen');
    }
  }
  // What does tell is told.
  for (const status of [400, 403, 413, 415, 422, 431]) expect(await tried(status, BODIES['a problem of another'])).toContain('Uw keuze is niet opgeslagen.');
  expect(await tried(429, BODIES['a problem of ours'])).toContain('Uw keuze is nog niet opgeslagen.');
});

test('a choice whose answer is lost is recorded once', async ({ arrive, ledger }) => {
  const visitor = await arrive({ tolerates: CUT_OFF });
  await visitor.meet(`lose ${CHOICES}`);
  const page = await visitor.open();
  await control(page, 'accept').click();
  await expect(said(page)).toContainText(UNKNOWN);
  await visitor.meet();
  await receipt(page);
  expect(await visitor.count(`POST ${CHOICES} 201`)).toBeGreaterThan(1);
  const id = (await visitor.cookie('__Secure-keuze_id')).value;
  expect((await ledger(id)).history).toHaveLength(1);
});

test('each press has a key of its own, which stands nowhere in the page or its storage', async ({ visitor }) => {
  const page = await visitor.open();
  const keys = await meets(page, []);
  await answer(page, 'accept');
  await page.getByRole('button', { name: 'Alles intrekken' }).click();
  await expect(said(page)).toContainText('Ingetrokken.');
  expect(new Set(keys).size).toBe(2);
  const kept = await page.evaluate(() => [document.documentElement.outerHTML, document.querySelector('keuze-banner').shadowRoot.innerHTML, document.cookie, JSON.stringify({ ...localStorage, ...sessionStorage })].join());
  for (const key of keys) expect(kept).not.toContain(key);
});

test('whoever thinks better of it while nobody knows is not overtaken by what they pressed first', async ({ arrive, ledger }) => {
  const visitor = await arrive({ tolerates: CUT_OFF });
  const page = await visitor.open('/ingehouden');
  await visitor.meet(`delay ${CHOICES} 2500`);
  await control(page, 'accept').click();
  await visitor.meet();
  await control(page, 'refuse').click();
  await receipt(page);
  // The first press arrives last; the second is sent once more, so that it is the last word there as well.
  await expect.poll(() => visitor.count('POST'), { timeout: 8000 }).toBe(3);
  await expect.poll(async () => (await visitor.cookie(CHOICE)).value).toMatch(/marketing\.1\.r/);
  await page.waitForLoadState('networkidle');
  expect((await visitor.cookie(CHOICE)).value).toMatch(/marketing\.1\.r/);
  expect(await ran(page)).toEqual([]);
  expect((await ledger(await receipt(page))).answers.Marketing).toBe('aangeboden, geweigerd');
});

import { answer, banner, control, expect, ran, receipt, test } from '../support/test.mjs';

const IN_ORDER = ['slow', 'inline:ready', 'vendor', 'statistics'];

const loads = (page) => {
  const seen = [];
  page.on('framenavigated', (frame) => frame === page.mainFrame() && seen.push(frame.url()));
  return seen;
};

test('nothing withheld is alive before an answer, nor after a refusal', async ({ visitor }) => {
  const page = await visitor.open('/ingehouden');
  await expect(banner(page)).toBeVisible();
  await page.waitForLoadState('networkidle');
  expect(await ran(page)).toEqual([]);
  await answer(page, 'refuse');
  await page.reload();
  await page.waitForLoadState('networkidle');
  expect(await ran(page)).toEqual([]);
  expect(page.frames().map((frame) => frame.url()).filter((url) => url.includes('/frame'))).toEqual([]);
  expect((await visitor.context.cookies()).map(({ name }) => name)).toEqual(['__Host-keuze']);
});

test('accepting releases scripts in their order, each once, and the frame, without a reload', async ({ visitor }) => {
  const page = await visitor.open('/ingehouden');
  const navigations = loads(page);
  await answer(page, 'accept');
  await expect.poll(() => ran(page)).toEqual(IN_ORDER);
  await expect(page.frameLocator('iframe').getByRole('heading', { name: 'Video' })).toBeVisible();
  await expect(page.locator('keuze-placeholder')).toHaveCount(0);
  // The frame is the last of them, so whatever would run twice has.
  expect(await ran(page)).toEqual(IN_ORDER);
  expect(navigations).toEqual([]);
});

test('the same where the page requires Trusted Types and allows no policy', async ({ visitor }) => {
  const page = await visitor.open('/ingehouden?csp=trusted');
  await answer(page, 'accept');
  await expect.poll(() => ran(page)).toEqual(IN_ORDER);
  await expect(page.frameLocator('iframe').getByRole('heading', { name: 'Video' })).toBeVisible();
});

test('what is parsed after the embed ran is released too, in the same order', async ({ visitor }) => {
  const page = await visitor.context.newPage();
  await page.goto('/laat', { waitUntil: 'commit' });
  await control(page, 'accept').click();
  await expect.poll(() => ran(page)).toEqual(IN_ORDER);
  await page.goto('/laat');
  await expect.poll(() => ran(page)).toEqual(IN_ORDER);
  await expect(page.frameLocator('iframe').getByRole('heading', { name: 'Video' })).toBeVisible();
});

test('for a returning visitor they run in the first tick of the embed', async ({ arrive }) => {
  const first = await arrive();
  await answer(await first.open(), 'accept');
  const visitor = await arrive({ storageState: await first.context.storageState() });
  // The page is parsed before the embed arrives, so there is something to release.
  await visitor.meet('delay /keuze/embed.js 400');
  await visitor.context.addInitScript(() => {
    let api;
    Object.defineProperty(window, 'keuze', {
      get: () => api,
      set(value) {
        api = value;
        queueMicrotask(() => (window.tick = document.querySelector('[data-category=marketing]').type));
      },
    });
  });
  const page = await visitor.context.newPage();
  const navigations = loads(page);
  await page.goto('/ingehouden', { waitUntil: 'commit' });
  await expect.poll(() => page.evaluate(() => window.tick)).toBe('');
  await expect.poll(() => ran(page)).toEqual(IN_ORDER);
  expect(navigations).toHaveLength(1);
});

test('a frame can be allowed where it stands, and only its purpose is', async ({ visitor, ledger }) => {
  const page = await visitor.open('/ingehouden');
  const box = page.locator('keuze-placeholder');
  await expect(box).toContainText('Video over bellen');
  await expect(page.locator('iframe')).toBeHidden();
  await box.getByRole('button').click();
  await expect(page.frameLocator('iframe').getByRole('heading', { name: 'Video' })).toBeVisible();
  expect(await ran(page)).toEqual([]);
  const recorded = await ledger(await receipt(page));
  expect(recorded.answers).toEqual({
    Statistieken: 'niet aangeboden',
    Marketing: 'niet aangeboden',
    Profilering: 'niet aangeboden',
    'Externe inhoud': 'aangeboden, toestemming gegeven',
  });
  // The rest is still asked.
  await expect(banner(page)).toBeVisible();
});

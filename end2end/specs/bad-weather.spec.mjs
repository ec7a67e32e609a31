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
  expect((await visitor.cookie(CHOICE)).value).toMatch(/^statistics\.1\.o\.\d{8}~marketing\.1\.r\.\d{8}~/);
});

import { banner, control, expect, said, test } from '../support/test.mjs';
import { contrast, style } from '../support/measure.mjs';

const watchShifts = (context) =>
  context.addInitScript(() => {
    window.shifts = [];
    const note = (list) => window.shifts.push(...list.getEntries().map(({ value }) => value));
    new PerformanceObserver(note).observe({ type: 'layout-shift', buffered: true });
  });

/** Two frames, after which an observer has told of everything that was painted. */
const painted = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

test('one request brings the banner, and nothing else is asked or kept', async ({ visitor }) => {
  const page = await visitor.open();
  await expect(banner(page)).toBeVisible();
  await page.waitForLoadState('networkidle');
  expect(await visitor.asked()).toEqual(['GET /keuze/embed.js 200']);
  expect(await visitor.context.cookies()).toEqual([]);
  expect(await page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0);
});

for (const viewport of [{ width: 1280, height: 720 }, { width: 390, height: 844 }, { width: 320, height: 256 }]) {
  test(`nothing shifts at ${viewport.width}x${viewport.height}`, async ({ arrive }) => {
    const visitor = await arrive({ viewport });
    await watchShifts(visitor.context);
    const page = await visitor.open('/leesbaar');
    await expect(banner(page)).toBeAttached();
    await page.waitForLoadState('networkidle');
    await painted(page);
    expect(await page.evaluate(() => window.shifts)).toEqual([]);
    // The measure measures: what is put above the text is noticed.
    await page.evaluate(() => document.querySelector('main').prepend(document.createElement('hr')));
    await expect.poll(() => page.evaluate(() => window.shifts.length)).toBeGreaterThan(0);
  });
}

test('the banner is there while the rest of the page is still loading', async ({ visitor }) => {
  const page = await visitor.context.newPage();
  await page.goto('/laat', { waitUntil: 'commit' });
  await expect(banner(page)).toBeVisible();
  expect(await page.evaluate(() => document.readyState)).toBe('loading');
});

for (const viewport of [{ width: 1280, height: 800 }, { width: 390, height: 844 }, { width: 844, height: 390 }, { width: 320, height: 256 }]) {
  test(`refusing and accepting cost the same at ${viewport.width}x${viewport.height}`, async ({ arrive }) => {
    const visitor = await arrive({ viewport });
    const page = await visitor.open();
    const [refuse, accept] = [control(page, 'refuse'), control(page, 'accept')];
    const [no, yes] = [await refuse.boundingBox(), await accept.boundingBox()];
    expect(Math.abs(no.width - yes.width)).toBeLessThanOrEqual(1);
    expect(Math.abs(no.height - yes.height)).toBeLessThanOrEqual(1);
    expect(no.height).toBeGreaterThanOrEqual(44);
    expect(no.y).toBe(yes.y);
    expect(no.x).toBeLessThan(yes.x);
    expect(await style(refuse)).toEqual(await style(accept));
    expect(await contrast(refuse)).toBe(await contrast(accept));
    const order = await banner(page).locator('button').evaluateAll((all) => all.map((one) => one.getAttribute('part')));
    expect(order).toEqual(['refuse', 'accept', 'settings']);
  });
}

test('refuse and accept also look alike under the pointer and with the focus', async ({ visitor }) => {
  const page = await visitor.open();
  const looks = async (touch) => {
    const both = [];
    for (const part of ['refuse', 'accept']) {
      await touch(control(page, part));
      both.push(await style(control(page, part)));
    }
    return both;
  };
  const [hoveredNo, hoveredYes] = await looks((button) => button.hover());
  expect(hoveredNo).toEqual(hoveredYes);
  await page.keyboard.press('Tab');
  const [focusedNo, focusedYes] = await looks((button) => button.focus());
  expect(focusedNo).toEqual(focusedYes);
  expect(focusedNo['outline-style']).toBe('solid');
});

test('the notice says who asks, for what, and how to change one’s mind, in the language of the page', async ({ visitor }) => {
  const page = await visitor.open();
  await expect(banner(page)).toHaveAttribute('lang', 'nl');
  const region = page.getByRole('region', { name: 'Cookies op voipro.nl' });
  for (const word of ['Voipro', 'statistieken', 'marketing', 'profilering', 'externe inhoud', 'Cookie-instellingen']) {
    await expect(region).toContainText(word);
  }
  await expect(said(page)).toBeEmpty();
});

test('a page in another language than its tag gets its own banner by one more request', async ({ visitor }) => {
  const page = await visitor.open('/verkeerde-taal');
  await expect(page.getByRole('region', { name: 'Cookies on voipro.nl' })).toBeVisible();
  await page.waitForLoadState('networkidle');
  await expect(page.locator('keuze-banner')).toHaveCount(1);
  expect(await visitor.asked()).toEqual(['GET /keuze/embed.js 200', 'GET /keuze/embed.js 200']);
});

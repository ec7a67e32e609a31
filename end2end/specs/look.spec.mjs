import { banner, control, expect, test } from '../support/test.mjs';
import { contrast, moving, overflow } from '../support/measure.mjs';

/** Text spacing as WCAG 1.4.12 lets a reader set it. */
const SPACING = `
* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-bottom: 2em !important; }`;

/** Every control can be brought into view and pressed. */
async function reachable(page) {
  for (const part of ['refuse', 'accept', 'settings']) await control(page, part).click({ trial: true });
}

test('on a phone the banner takes at most a third of the height', async ({ arrive }) => {
  const visitor = await arrive({ viewport: { width: 390, height: 844 } });
  const page = await visitor.open();
  expect((await banner(page).boundingBox()).height).toBeLessThanOrEqual(844 / 3);
});

for (const [width, height] of [[320, 568], [320, 256], [640, 256], [844, 390], [390, 844], [1280, 800]]) {
  test(`everything fits at ${width}x${height}`, async ({ arrive }) => {
    const visitor = await arrive({ viewport: { width, height } });
    const page = await visitor.open();
    expect(await overflow(banner(page))).toEqual([]);
    await reachable(page);
  });

  test(`everything fits with more space in the text at ${width}x${height}`, async ({ arrive }) => {
    const visitor = await arrive({ viewport: { width, height } });
    const page = await visitor.open();
    await banner(page).evaluate((element, css) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      element.getRootNode().adoptedStyleSheets.push(sheet);
    }, SPACING);
    expect(await overflow(banner(page))).toEqual([]);
    await reachable(page);
  });
}

for (const [width, height] of [[320, 568], [1280, 800]]) {
  test(`everything fits with text twice as large at ${width}x${height}`, async ({ profile }) => {
    const visitor = await profile({ webkit: { webprefs: { default_font_size: 32 } } }, { viewport: { width, height } });
    const page = await visitor.open();
    expect(await control(page, 'refuse').evaluate((button) => getComputedStyle(button).fontSize)).toBe('32px');
    await page.addStyleTag({ url: '/groot.css' });
    expect(await overflow(banner(page))).toEqual([]);
    await reachable(page);
  });
}

test('on a low screen the banner stands at the end of the page and covers nothing', async ({ arrive }) => {
  const visitor = await arrive({ viewport: { width: 844, height: 390 } });
  const page = await visitor.open('/leesbaar');
  await expect(banner(page)).toBeAttached();
  const [last, at] = await page.evaluate(() => {
    const { bottom } = document.querySelector('footer').getBoundingClientRect();
    return [bottom, document.querySelector('keuze-banner').shadowRoot.querySelector('#keuze').getBoundingClientRect().top];
  });
  expect(at).toBeGreaterThanOrEqual(last);
});

test('turning the phone moves the banner, and it stays one', async ({ arrive }) => {
  const visitor = await arrive({ viewport: { width: 390, height: 844 } });
  const page = await visitor.open('/leesbaar');
  await expect(banner(page)).toBeInViewport();
  await page.setViewportSize({ width: 844, height: 390 });
  await expect(banner(page)).not.toBeInViewport();
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(banner(page)).toBeInViewport();
  await expect(banner(page)).toHaveCount(1);
});

test('the end of a page can be read above the banner', async ({ visitor }) => {
  const page = await visitor.open('/leesbaar');
  await expect(banner(page)).toBeVisible();
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  const [footer, top] = await Promise.all([page.locator('footer').boundingBox(), banner(page).boundingBox()]);
  expect(footer.y + footer.height).toBeLessThanOrEqual(top.y);
});

for (const colorScheme of ['light', 'dark']) {
  test(`text stands out by 7:1 and edges by 3:1, ${colorScheme}`, async ({ arrive }) => {
    const visitor = await arrive({ colorScheme });
    const page = await visitor.open();
    for (const text of await banner(page).locator('h2, p, button').all()) {
      expect(await contrast(text)).toBeGreaterThanOrEqual(7);
    }
    expect(await contrast(control(page, 'settings'), 'borderTopColor')).toBeGreaterThanOrEqual(3);
    await control(page, 'settings').focus();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Tab');
    expect(await contrast(control(page, 'settings'), 'outlineColor')).toBeGreaterThanOrEqual(3);
  });
}

test('dark is dark, light is light', async ({ arrive }) => {
  const paper = async (colorScheme) => {
    const page = await (await arrive({ colorScheme })).open();
    return banner(page).evaluate((element) => getComputedStyle(element).backgroundColor.match(/\d+/g).map(Number));
  };
  expect(Math.min(...(await paper('light')))).toBeGreaterThan(200);
  expect(Math.max(...(await paper('dark')))).toBeLessThan(60);
});

test('in forced colours every control has an edge', async ({ arrive }) => {
  const visitor = await arrive({ forcedColors: 'active' });
  const page = await visitor.open();
  for (const part of ['refuse', 'accept', 'settings']) {
    const edge = await control(page, part).evaluate((button) => {
      const { borderTopStyle, borderTopWidth, borderTopColor, backgroundColor } = getComputedStyle(button);
      return { borderTopStyle, borderTopWidth, seen: borderTopColor !== backgroundColor };
    });
    expect(edge).toEqual({ borderTopStyle: 'solid', borderTopWidth: '1px', seen: true });
    expect(await contrast(control(page, part), 'borderTopColor')).toBeGreaterThanOrEqual(3);
  }
});

for (const reducedMotion of ['reduce', 'no-preference']) {
  test(`nothing moves (${reducedMotion})`, async ({ arrive }) => {
    const visitor = await arrive({ reducedMotion });
    const page = await visitor.open();
    await expect(banner(page)).toBeVisible();
    expect(await moving(page)).toBe(0);
    await control(page, 'refuse').hover();
    expect(await moving(page)).toBe(0);
    await control(page, 'refuse').click();
    await expect(banner(page)).toHaveCount(0);
    expect(await moving(page)).toBe(0);
  });
}

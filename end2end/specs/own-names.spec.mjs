import { answer, banner, CHOICE, control, expect, ran, test } from '../support/test.mjs';

/** Every name of the browser's that embed.js, later.js and release.js reach for, and the one they give. */
const NAMES = [
  'AbortController', 'CSSStyleSheet', 'CustomEvent', 'Event', 'Map', 'MutationObserver', 'Promise', 'RegExp',
  'ResizeObserver', 'Set', 'URL', 'WeakSet', 'XMLHttpRequest', 'addEventListener', 'cookieStore', 'crypto', 'fetch',
  'history', 'keuze', 'matchMedia', 'navigation', 'navigator', 'performance', 'setInterval', 'setTimeout',
];

/** What a page of its own may keep there. */
const OWN = {
  'a variable with an object': (name) => (window[name] = { of: 'the page' }),
  'a variable with a text': (name) => (window[name] = 'of the page'),
  'a function': (name) => (window[name] = function own() {}),
  'nothing at all': (name) => {
    for (const holder of [window, Window.prototype]) delete holder[name];
  },
};

for (const [what, put] of Object.entries(OWN)) {
  test(`${what} where the browser’s own would be stops neither question nor answer`, async ({ arrive }) => {
    test.setTimeout(120_000);
    for (const name of NAMES) {
      const visitor = await arrive();
      // Playwright's own scripts use some of these names in the page, so the page itself notes whether it keeps them.
      await visitor.context.addInitScript({
        content: `{
          const tick = setInterval.bind(window);
          (${put})('${name}');
          const held = window['${name}'];
          tick(() => (document.documentElement.dataset.kept = window['${name}'] === held), 100);
        }`,
      });
      const page = await visitor.open('/ingehouden');
      await expect(banner(page), name).toBeVisible();
      const posts = [];
      page.on('request', (request) => request.method() === 'POST' && posts.push(request.headers()['idempotency-key']));
      await control(page, 'accept').click();
      await expect.poll(() => visitor.cookie(CHOICE), { message: name, timeout: 8000 }).toBeTruthy();
      expect(new Set(posts).size, `${name}: one press`).toBe(1);
      if (name !== 'keuze' || what !== 'nothing at all') {
        await expect(page.locator('html'), `${name} is still the page’s`).toHaveAttribute('data-kept', 'true');
      }
      await visitor.context.close();
    }
  });
}

test('a constant of the page that hides the browser’s own stops neither', async ({ arrive }) => {
  test.setTimeout(60_000);
  for (const name of NAMES) {
    const visitor = await arrive();
    await visitor.context.addInitScript({ content: `const ${name} = 'of the page';` });
    const page = await visitor.open('/ingehouden');
    await expect(banner(page), name).toBeVisible();
    await control(page, 'accept').click();
    await expect.poll(() => visitor.cookie(CHOICE), { message: name, timeout: 8000 }).toBeTruthy();
    await visitor.context.close();
  }
});

test('elements with such ids stop neither, whether the browser has those names or not', async ({ visitor }) => {
  const ids = [...NAMES, 'keuze-box', 'keuze-say', 'keuze-heading'];
  await visitor.context.addInitScript((names) => {
    for (const name of names) if (/^[a-z]/.test(name) && !/Listener|set|fetch/.test(name)) delete window[name];
  }, NAMES);
  const page = await visitor.open(`/eigen-namen?ids=${ids}`);
  await expect(banner(page)).toBeVisible();
  await answer(page, 'accept');
  await expect.poll(() => ran(page)).toContain('statistics');
  for (const id of ids) await expect(page.locator(`b[id="${id}"]`)).toHaveText(id);
});

test('a page’s own state of its history is never written', async ({ visitor }) => {
  await visitor.context.addInitScript(() => {
    window.changes = 0;
    navigation.addEventListener('currententrychange', () => (window.changes += 1));
  });
  const page = await visitor.open('/ingehouden');
  await page.evaluate(() => navigation.updateCurrentEntry({ state: 'of the page' }));
  const state = () => page.evaluate(() => [navigation.currentEntry.getState(), window.changes]);
  await answer(page, 'accept');
  expect(await state()).toEqual(['of the page', 1]);
  await page.reload();
  await expect.poll(() => ran(page)).toContain('vendor');
  expect(await state()).toEqual(['of the page', 0]);
});

test('a load handler that the page gave a withheld script stays its own', async ({ visitor }) => {
  const page = await visitor.open('/ingehouden');
  await page.evaluate(() => {
    const script = document.querySelector('script[data-category][src]');
    script.onload = () => (window.loaded = true);
  });
  await answer(page, 'accept');
  await expect.poll(() => page.evaluate(() => window.loaded)).toBe(true);
});

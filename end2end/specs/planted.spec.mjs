import { desk as demo } from '../support/demo.mjs';
import { answer, banner, expect } from '../support/test.mjs';

/** A page of the site a folder down; where nothing but http is spoken, anything on its path can plant a cookie. */
async function folder(tab) {
  const page = await tab();
  await page.route('**/winkel/fiets', (route) =>
    route.fulfill({
      contentType: 'text/html; charset=utf-8',
      body: '<!doctype html><html lang="nl"><title>Fiets</title><main><h1>Fiets</h1></main><script src="/keuze/embed.js"></script>',
    }),
  );
  await page.goto('/winkel/fiets');
  return page;
}

const ours = async (page) => (await page.context().cookies()).filter(({ name }) => name === 'keuze');

const plant = (page, path, httpOnly = false) =>
  page.context().addCookies([{ name: 'keuze', value: 'marketing.1.g.1', domain: new URL(page.url()).hostname, path, httpOnly }]);

demo('an answer takes away what was planted beside it, and holds', async ({ tab }) => {
  const page = await folder(tab);
  for (const part of ['refuse', 'accept']) {
    for (const path of ['/winkel', '/winkel/', '/winkel/fiets']) {
      await page.context().clearCookies();
      await page.goto('/winkel/fiets');
      await answer(page, part);
      const [{ value }] = await ours(page);
      await plant(page, path);
      await page.reload();
      // Nobody knows which one is ours, so it is asked: without that the test would show nothing.
      await expect(banner(page), path).toBeVisible();
      expect(await ours(page)).toHaveLength(2);
      await answer(page, part);
      await page.reload();
      await page.waitForLoadState('networkidle');
      await expect(banner(page), path).toHaveCount(0);
      expect(await ours(page), path).toEqual([expect.objectContaining({ path: '/', value })]);
    }
  }
});

demo('what no script can reach is taken away by the server’s answer', async ({ tab }) => {
  const page = await tab({ javaScriptEnabled: false });
  for (const path of ['/keuze', '/keuze/', '/keuze/choices']) {
    await page.context().clearCookies();
    await page.goto('/keuze/voorkeuren');
    await page.getByRole('button', { name: 'Weigeren', exact: true }).click();
    await plant(page, path, true);
    await page.goto('/keuze/voorkeuren');
    expect(await ours(page)).toHaveLength(2);
    await page.getByRole('button', { name: 'Weigeren', exact: true }).click();
    expect(await ours(page), path).toEqual([expect.objectContaining({ path: '/' })]);
  }
});

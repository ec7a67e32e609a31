import { desk as demo } from '../support/demo.mjs';
import { answer, banner, CHOICE, expect, test } from '../support/test.mjs';

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

test('over https no other host of the domain and no other path plants a choice', async ({ visitor }) => {
  const page = await visitor.open('/');
  const set = (line) => page.evaluate((cookie) => (document.cookie = cookie), line);
  const all = (name) => visitor.context.cookies().then((cookies) => cookies.filter((cookie) => cookie.name === name));
  const wheres = ['domain=www.voipro.nl;path=/', 'domain=voipro.nl;path=/', 'domain=voipro.nl;path=/keuze/', 'path=/keuze/'];
  for (const [at, where] of wheres.entries()) {
    await set(`${CHOICE}=marketing.1.g.1;secure;max-age=900;${where}`);
    await set(`keuze=marketing.1.g.1;secure;max-age=900;${where}`);
    expect(await all(CHOICE), where).toEqual([]);
    expect(await all('keuze'), `control: another name is taken, ${where}`).toHaveLength(at + 1);
  }
  await page.reload();
  await expect(banner(page)).toBeVisible();
  await answer(page, 'refuse');
  await page.reload();
  await page.waitForLoadState('networkidle');
  await expect(banner(page), 'what has not the prefix decides nothing').toHaveCount(0);
  expect(await all(CHOICE)).toEqual([expect.objectContaining({ path: '/', domain: 'www.voipro.nl' })]);
  expect((await all(CHOICE))[0].value).toMatch(/marketing\.1\.r\./);
  expect(await all('keuze')).toHaveLength(wheres.length);
});

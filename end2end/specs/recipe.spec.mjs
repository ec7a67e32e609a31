import { answer, banner, CHOICE, control, expect, ran, test } from '../support/test.mjs';

const PAGE = '/recept?csp=inline';
const FILM = 'https://video.example/embed/1';

/** A visitor of the page of docs/embedding.md, which brings a counter of its own; and what its scripts were told. */
const come = async (visitor) => {
  const told = [];
  await visitor.context.route(FILM, (route) => route.fulfill({ contentType: 'text/html', body: '<title>Film</title>' }));
  await visitor.context.addInitScript(() => {
    window.startCounting = () => (window.ran ??= []).push('counting');
  });
  const page = await visitor.context.newPage();
  page.on('console', (message) => message.type() === 'log' && told.push(message.text()));
  await page.goto(PAGE);
  return { page, told };
};

const all = (value) => ['statistics', 'marketing', 'profiling', 'third_party_embeds'].map((id) => `${id}: ${value}`).join(', ');

test('what embedding.md gives to be put into a page works as it stands', async ({ visitor }) => {
  const { page, told } = await come(visitor);
  await expect(banner(page)).toBeVisible();
  expect(told).toEqual([`on this page now: {${all(false)}}`]);
  expect(await ran(page)).toEqual([]);
  await answer(page, 'accept');
  await expect.poll(() => told.slice(1)).toEqual([`from here on: {${all(true)}}`]);
  await expect.poll(() => ran(page)).toEqual(['ads', 'counting']);
  // The one request elsewhere is the film's, which the visitor allowed.
  await expect.poll(() => visitor.foreign.splice(0)).toEqual([FILM]);
});

test('on a return visit it is told what was chosen before, and nothing else', async ({ visitor }) => {
  const { page, told } = await come(visitor);
  await answer(page, 'accept');
  told.length = 0;
  await page.reload();
  await expect.poll(() => ran(page)).toEqual(['ads', 'counting']);
  expect(told).toEqual([`on this page now: {${all(true)}}`]);
  await expect.poll(() => new Set(visitor.foreign.splice(0))).toEqual(new Set([FILM]));
});

test('whoever asks before the file comes, or long after it, is told', async ({ visitor }) => {
  await visitor.meet('delay /keuze/embed.js 600');
  const { page, told } = await come(visitor);
  await expect.poll(() => told.length).toBe(1);
  const late = await page.evaluate(() => {
    const heard = [];
    window.keuze.on('ready', (allowed) => heard.push(allowed));
    window.keuze.on('choice', (allowed) => heard.push(allowed));
    return heard;
  });
  expect(late).toEqual([{ statistics: false, marketing: false, profiling: false, third_party_embeds: false }]);
  expect(told.length).toBe(1);
});

test('the forms of embedding.md withdraw in one press and sign up for the newsletter', async ({ visitor }) => {
  const { page } = await come(visitor);
  await answer(page, 'accept');
  const before = (await visitor.cookie(CHOICE)).value;
  // Scripts of what is withdrawn ran, so the page leaves by its own address.
  const left = page.waitForEvent('load');
  await page.getByRole('button', { name: 'Cookies intrekken' }).click();
  await expect.poll(async () => (await visitor.cookie(CHOICE)).value).not.toBe(before);
  await left;
  visitor.foreign.splice(0);
  await expect(control(page, 'refuse')).toHaveCount(0);
  expect(await ran(page)).toEqual([]);
  await page.getByLabel('E-mailadres').fill('recept@example.nl');
  await page.getByRole('button', { name: 'Aanmelden voor de nieuwsbrief' }).click();
  await expect(page).toHaveURL(/nieuwsbrief/);
  await expect(page.locator('main')).toContainText('recept@example.nl');
});

/** Makes the pictures of docs/pictures: the banner in its sizes, and the walk of docs/walkthrough.md. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium } from '@playwright/test';

import { CHROMIUM } from './support/browser.mjs';
import { ask, chooseOwnPassword, signIn } from './support/desk.mjs';
import { KeuzeServer } from './support/server.mjs';
import { newestMail } from './support/outbox.mjs';

const PICTURES = fileURLToPath(new URL('../docs/pictures/', import.meta.url));
const SIZES = [[390, 844], [844, 390], [320, 256], [1280, 800]];

const file = (name) => path.join(PICTURES, `${name}.png`);

async function shootBanner(browser, origin, [width, height], colorScheme) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, locale: 'nl-NL' });
  const page = await context.newPage();
  await page.goto(origin);
  // On low screens the banner stands at the end of the page.
  await page.locator('[part=banner]').evaluate((banner) => banner.scrollIntoView({ block: 'end' }));
  await page.screenshot({ path: file(`banner-${width}x${height}-${colorScheme}`) });
  await context.close();
}

/** What a newcomer does, page by page; without scripts, as everything there works. */
class Walk {
  constructor(page, server) {
    Object.assign(this, { page, server });
  }

  static async start(browser, server, width) {
    const viewport = { width, height: 800 };
    const context = await browser.newContext({ baseURL: server.origin, viewport, locale: 'nl-NL', javaScriptEnabled: false });
    return new Walk(await context.newPage(), server);
  }

  press(name) {
    return this.page.getByRole('button', { name }).first().click();
  }

  /** What stands between the head and the foot of the page. */
  shoot(name) {
    return this.page.locator('main').screenshot({ path: file(`walk-${name}`) });
  }

  async saysNoWithNothingInHand() {
    await this.page.goto('/keuze/afmelden');
    await this.page.getByLabel('Telefoonnummer').fill('06 12345671');
    await this.shoot('objection-form');
    await this.press('Alle reclame stoppen');
    await this.shoot('objection-done');
  }

  async followsTheLinkOfAMail() {
    await this.page.goto('/');
    await this.page.getByRole('link', { name: 'De link uit een mail' }).click();
    await this.shoot('mail-link');
  }

  async typesTheCodeOfALetter() {
    await this.page.goto('/');
    const code = await this.page.locator('main code').first().textContent();
    await this.page.goto('/keuze/brief');
    await this.page.getByLabel('Code').fill(code);
    await this.shoot('letter');
  }

  async signsUp() {
    await this.page.goto('/keuze/nieuwsbrief');
    await this.shoot('newsletter');
  }

  async provesAnAddress(address) {
    await this.page.goto('/keuze/voorkeuren/code');
    await this.page.getByLabel('Uw e-mailadres').fill(address);
    await this.press('Stuur mij een code');
    await this.page.getByLabel('Code').fill(await newestMail(this.server.origin, address, />(\d{6})</));
    await this.press('Verder');
  }

  /** The channels alone: the cookies of the device stand on the banner's pictures. */
  async seesAndChanges() {
    await this.page.locator('section[aria-labelledby=channels]').screenshot({ path: file('walk-centre') });
    await this.press('Reclame per post stoppen');
    await this.shoot('done');
  }

  async seesWhatIsHeldAndErasesIt() {
    await this.page.goto('/keuze/inzage');
    await this.shoot('insight');
    await this.page.goto('/keuze/inzage/wissen');
    await this.page.getByLabel('Ja, wis mijn gegevens').check();
    await this.press('Wissen');
    await this.shoot('erased');
  }

  async answersThePhone() {
    await signIn(this.page, await this.server.firstStaff());
    await chooseOwnPassword(this.page);
    await this.page.goto('/keuze/desk/call?lang=nl');
    await this.page.getByLabel('Kenmerk').fill('T-4711');
    await this.page.getByLabel('Wie is aan de lijn').fill('06 12345673');
    await this.press('Gesprek openen');
    await this.press('Recht genoemd');
    await this.press('Bezwaar');
    await this.shoot('call');
    await this.press('Gesprek sluiten');
    await ask(this.page, 'K-1003', 'Brief van 24 november');
    await this.shoot('person');
  }
}

const server = await KeuzeServer.start();
const browser = await chromium.launch(CHROMIUM);
try {
  for (const size of SIZES) {
    for (const scheme of ['light', 'dark']) await shootBanner(browser, server.origin, size, scheme);
  }
  const phone = await Walk.start(browser, server, 390);
  await phone.saysNoWithNothingInHand();
  await phone.followsTheLinkOfAMail();
  await phone.typesTheCodeOfALetter();
  await phone.signsUp();
  const screen = await Walk.start(browser, server, 900);
  await screen.provesAnAddress('anna@example.nl');
  await screen.seesAndChanges();
  await screen.seesWhatIsHeldAndErasesIt();
  const desk = await Walk.start(browser, server, 1280);
  await desk.answersThePhone();
} finally {
  await browser.close();
  await server.stop();
  await server.remove();
}

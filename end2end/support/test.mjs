import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { test as base, expect } from '@playwright/test';

import { launchOptions, ORIGIN, reloadsOnceInPlace, VISITOR } from './browser.mjs';
import { lookUp, signIn } from './desk.mjs';

export { expect };

/** One visitor: a browser context of their own, and what it asked for. */
export class Visitor {
  #control = process.env.KEUZE_E2E_CONTROL;

  constructor(context, { tolerates } = {}) {
    this.context = context;
    this.id = randomUUID();
    this.tolerates = tolerates ?? /(?!)/;
    this.foreign = [];
    this.faults = [];
    context.on('page', reloadsOnceInPlace);
    context.on('request', (request) => this.#note(request));
    context.on('weberror', (error) => this.#fault(String(error.error())));
    context.on('console', (message) => message.type() === 'error' && this.#fault(message.text()));
  }

  static async arrive(context, options) {
    const visitor = new Visitor(context, options);
    await visitor.meet();
    return visitor;
  }

  #note(request) {
    const { origin, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== ORIGIN) this.foreign.push(request.url());
  }

  #fault(text) {
    if (!this.tolerates.test(text)) this.faults.push(text);
  }

  /** From now on the proxy obstructs this visitor: `cut <path>`, `delay <path> <ms>`, `lose <path> once`; nothing ends it. */
  meet(rule, headers) {
    const steer = { ...headers, 'x-e2e-visitor': this.id, ...(rule && { 'x-e2e-rule': rule }) };
    return this.context.setExtraHTTPHeaders(steer);
  }

  /** A page on an address; a tab of its own each time. */
  async open(path = '/') {
    const page = await this.context.newPage();
    await page.goto(path);
    return page;
  }

  /** What the proxy saw of this visitor under `/keuze/`, in order: `GET /keuze/embed.js 200`. */
  async asked() {
    const notes = await (await fetch(`${this.#control}/${this.id}`)).json();
    const ours = notes.filter(({ path }) => path.startsWith('/keuze/'));
    return ours.map(({ method, path, status }) => `${method} ${path} ${status}`);
  }

  /** How often something stands in {@link asked}. */
  async count(line) {
    return (await this.asked()).filter((asked) => asked.startsWith(line)).length;
  }

  /** Ends the visit; whatever it was about, it asked no other origin for anything, and no script failed. */
  async leave() {
    await this.context.close();
    expect(this.foreign, 'requests to other origins').toEqual([]);
    expect(this.faults, 'errors in the page').toEqual([]);
  }

  /** A cookie of this visitor by its name, whatever page is shown. */
  async cookie(name) {
    return (await this.context.cookies()).find((cookie) => cookie.name === name);
  }
}

const launch = () => launchOptions({ port: process.env.KEUZE_E2E_PORT, keyHash: process.env.KEUZE_E2E_KEY_HASH });

/** The choice cookie's name on the site. */
export const CHOICE = '__Host-keuze';

/** The consent id's cookie. */
export const CONSENT_ID = '__Secure-keuze_id';

/** The first layer; Playwright's selectors reach into the open shadow root. */
export const banner = (page) => page.locator('[part=banner]');

/** One of its controls: `refuse`, `accept`, `settings`. */
export const control = (page, part) => page.locator(`[part=banner] [part=${part}]`);

/** The second layer. */
export const panel = (page) => page.locator('[part=panel]');

/** What is said after an answer. */
export const said = (page) => page.locator('keuze-banner [role=status]');

/** Answers on the first layer, and waits until it is said to be saved; resolves with the receipt's number. */
export async function answer(page, part) {
  await control(page, part).click();
  return receipt(page);
}

const shown = new WeakMap();

/**
 * The receipt's number behind what is said of the last answer. Until that is said, the receipt of the answer before it
 * can still stand there: the number that this page showed at the last call is not taken for a new one.
 */
export async function receipt(page) {
  const link = said(page).getByRole('link', { name: 'Bewijs' });
  const number = async () => (await link.getAttribute('href')).match(/[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{5}/)[0];
  await expect(link).toBeVisible();
  if (shown.has(page)) await expect.poll(number).not.toBe(shown.get(page));
  shown.set(page, await number());
  return shown.get(page);
}

/** What ran of the withheld scripts, in order. */
export const ran = (page) => page.evaluate(() => window.ran ?? []);

export const test = base.extend({
  browser: [
    async ({ playwright }, use) => {
      const browser = await playwright.chromium.launch(launch());
      await use(browser);
      await browser.close();
    },
    { scope: 'worker' },
  ],

  /**
   * Makes visitors: `arrive(options)`. Whatever a test is about, no visitor's browser may ask another origin for
   * anything, and no script may fail, but for what `tolerates` (a pattern) names.
   */
  arrive: async ({ browser }, use) => {
    const visitors = [];
    await use(async ({ tolerates, ...options } = {}) => {
      const context = await browser.newContext({ ...VISITOR, ...options });
      visitors.push(await Visitor.arrive(context, { tolerates }));
      return visitors.at(-1);
    });
    for (const visitor of visitors) await visitor.leave();
  },

  /** A visitor whose browser has settings of its own: `profile(preferences, options)`. */
  profile: async ({ playwright }, use) => {
    const opened = [];
    await use(async (preferences, { tolerates, ...options } = {}) => {
      const folder = await mkdtemp(path.join(tmpdir(), 'keuze-e2e-profile-'));
      await mkdir(path.join(folder, 'Default'));
      await writeFile(path.join(folder, 'Default/Preferences'), JSON.stringify(preferences));
      const context = await playwright.chromium.launchPersistentContext(folder, { ...launch(), ...VISITOR, ...options });
      const visitor = await Visitor.arrive(context, { tolerates });
      opened.push({ folder, visitor });
      return visitor;
    });
    for (const { folder, visitor } of opened) {
      await visitor.leave();
      await rm(folder, { recursive: true, force: true });
    }
  },

  /** A visitor with nothing special about them. */
  visitor: async ({ arrive }, use) => use(await arrive()),

  /** Asks the ledger by the desk, in a browser of its own: `ledger(number or consent id)`. */
  ledger: [
    async ({ browser }, use) => {
      const context = await browser.newContext(VISITOR);
      const page = await context.newPage();
      await signIn(page, JSON.parse(process.env.KEUZE_E2E_STAFF));
      await page.getByRole('heading', { name: 'Een keuze of persoon opzoeken' }).waitFor();
      await use((query) => lookUp(page, query));
      await context.close();
    },
    { scope: 'worker' },
  ],
});

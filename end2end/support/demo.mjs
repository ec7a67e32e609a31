import { reloadsOnceInPlace } from './browser.mjs';
import { chooseOwnPassword, signIn } from './desk.mjs';
import { KeuzeServer } from './server.mjs';
import { expect, test } from './test.mjs';

/** A demo of its own for each test, as a newcomer has it: the first password is still to be used. */
export const desk = test.extend({
  /** What the demo's configuration has otherwise than the example, each `[from, to]`. */
  changes: [[], { option: true }],

  // Its start and its end take none of the test's time.
  demo: [
    async ({ changes }, use) => {
      const server = await KeuzeServer.start(changes);
      await use(server);
      expect(await server.stop(), server.output).toBe(0);
      expect(await server.verify()).toMatch(/^ok: \d+ records/);
      await server.remove();
    },
    { timeout: 60_000 },
  ],

  /** A tab of a new browser at the demo: `tab(options)`. */
  tab: async ({ browser, demo }, use) => {
    const contexts = [];
    await use(async (options) => {
      const here = { baseURL: demo.origin, locale: 'nl-NL', timezoneId: 'Europe/Amsterdam' };
      contexts.push(await browser.newContext({ ...here, ...options }));
      contexts.at(-1).on('page', reloadsOnceInPlace);
      return contexts.at(-1).newPage();
    });
    for (const context of contexts) await context.close();
  },

  /** A tab in which somebody of the staff has signed in and chosen a password: `atWork(options)`, once a test. */
  atWork: async ({ demo, tab }, use) => {
    await use(async (options) => {
      const page = await tab(options);
      await signIn(page, await demo.firstStaff());
      await chooseOwnPassword(page);
      await expect(page.getByRole('heading', { name: 'Een keuze of persoon opzoeken' })).toBeVisible();
      return page;
    });
  },
});

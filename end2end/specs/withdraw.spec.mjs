import { answer, banner, CHOICE, CONSENT_ID, expect, ran, receipt, said, test } from '../support/test.mjs';

const names = async (visitor) => (await visitor.context.cookies()).map(({ name }) => name).sort();

/** A visitor on a page where everything that was withheld is alive, vendor cookies included. */
async function accepted(visitor) {
  const page = await visitor.open('/ingehouden');
  await answer(page, 'accept');
  await expect.poll(() => ran(page)).toContain('vendor');
  await expect.poll(() => names(visitor)).toEqual([CHOICE, CONSENT_ID, '_fbp', '_gcl_au']);
  return page;
}

test('one press in the footer withdraws everything, and nothing is alive afterwards', async ({ visitor, ledger }) => {
  const page = await accepted(visitor);
  const id = (await visitor.cookie(CONSENT_ID)).value;
  const reloaded = page.waitForEvent('framenavigated', (frame) => frame === page.mainFrame());
  await page.getByRole('button', { name: 'Alles intrekken' }).click();
  await reloaded;
  const number = await receipt(page);
  await page.waitForLoadState('networkidle');
  expect(await ran(page)).toEqual([]);
  expect(page.frames().map((frame) => frame.url()).filter((url) => url.includes('/frame'))).toEqual([]);
  // The vendor's script wrote its cookies again while the page went away; they are gone all the same.
  await expect.poll(() => names(visitor)).toEqual([CHOICE]);
  await page.goto('/tweede');
  await page.waitForLoadState('networkidle');
  expect(await names(visitor)).toEqual([CHOICE]);
  await expect(banner(page)).toHaveCount(0);

  const recorded = await ledger(id);
  expect(recorded.history.map(({ kind }) => kind)).toEqual(['toestemming ingetrokken', 'keuze gemaakt']);
  expect(recorded.history[0].number).toBe(number);
  expect(recorded.answers.Marketing).toBe('aangeboden, geweigerd');
});

test('a page that is open elsewhere stops as well, however slowly it reloads', async ({ visitor }) => {
  const page = await accepted(visitor);
  const other = await visitor.open('/tweede');
  await visitor.meet('delay /ingehouden 600');
  await other.getByRole('button', { name: 'Alles intrekken' }).click();
  await expect(said(other)).toContainText('Ingetrokken.');
  await page.waitForFunction(() => !window.ran);
  await expect.poll(() => names(visitor)).toEqual([CHOICE]);
});

test('a page from the back/forward cache does not live on after a withdrawal', async ({ visitor }) => {
  const page = await accepted(visitor);
  await page.getByRole('link', { name: 'Tarieven' }).click();
  await page.getByRole('button', { name: 'Alles intrekken' }).click();
  await expect(said(page)).toContainText('Ingetrokken.');
  await page.goBack();
  await page.waitForFunction(() => !window.ran);
  await expect.poll(() => names(visitor)).toEqual([CHOICE]);
});

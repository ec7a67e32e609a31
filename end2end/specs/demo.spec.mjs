import { expectAccessible } from '../support/axe.mjs';
import { desk as demo } from '../support/demo.mjs';
import { expect } from '../support/test.mjs';

demo('the mails that stay can be read on a phone, however long a link in one is', async ({ tab }) => {
  const page = await tab();
  await page.goto('/keuze/nieuwsbrief');
  await page.getByLabel('Uw e-mailadres').fill('noor@example.nl');
  await page.getByRole('button', { name: 'Aanmelden' }).click();
  await expect(page.getByRole('status')).toContainText('noor@example.nl');
  const link = page.getByRole('link', { name: '/keuze/nieuwsbrief/' });
  await expect(async () => {
    await page.goto('/demo/outbox');
    await expect(link).toBeVisible({ timeout: 200 });
  }).toPass();
  await expectAccessible(page);
});

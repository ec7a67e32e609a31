import { answer, CHOICE, expect, panel, ran, said, test } from '../support/test.mjs';

const OFFER = 'Pagina verversen';

/** What went over the wire for documents, in order. */
const documents = (page) => {
  const seen = [];
  page.on('request', (request) => request.isNavigationRequest() && request.frame() === page.mainFrame() && seen.push(`${request.method()} ${new URL(request.url()).pathname}`));
  return seen;
};

const withdraw = (page) => page.getByRole('button', { name: 'Alles intrekken' }).click();

/** A visitor who accepted, on the answer to an order, where everything that was withheld is alive. */
async function ordered(visitor) {
  const page = await visitor.open('/order');
  await answer(page, 'accept');
  const wire = documents(page);
  await page.locator('#bestel').click();
  await expect.poll(() => ran(page)).toContain('vendor');
  expect(wire).toEqual(['POST /order']);
  return { page, wire };
}

test('withdrawing on the answer to an order orders nothing again, and says what happened', async ({ visitor }) => {
  const { page, wire } = await ordered(visitor);
  await withdraw(page);
  await expect.poll(() => wire).toEqual(['POST /order', 'GET /order']);
  await expect(said(page)).toContainText('Ingetrokken. Alleen noodzakelijke cookies staan aan.');
  await page.waitForLoadState('networkidle');
  expect(await ran(page)).toEqual([]);
  expect(wire).toEqual(['POST /order', 'GET /order']);
  // Loaded once more, the page has nothing left to say.
  await page.reload();
  await page.waitForLoadState('networkidle');
  await expect(page.locator('keuze-banner')).toHaveCount(0);
});

test('another tab that shows the answer to an order leaves by a GET too, without its fragment', async ({ visitor }) => {
  const { page, wire } = await ordered(visitor);
  await page.evaluate(() => (location.hash = 'onder'));
  const other = await visitor.open('/tweede');
  await withdraw(other);
  await expect.poll(() => wire).toEqual(['POST /order', 'GET /order']);
  await page.waitForFunction(() => !window.ran);
  expect(page.url()).not.toContain('#');
});

const FIELDS = {
  'text in a field': (page) => page.locator('#naam').fill('Jansen'),
  'text in a larger field': (page) => page.locator('#toelichting').pressSequentially('Graag snel'),
  'a box that was ticked': (page) => page.locator('#akkoord').check(),
  'another choice from a list': (page) => page.locator('#soort').selectOption('Zaak'),
  'text in an editable part': (page) => page.locator('#vrij').pressSequentially('Hallo'),
  'a text that a script keeps as the default': async (page) => {
    await page.locator('#naam').pressSequentially('Jansen');
    await page.locator('#naam').evaluate((field) => field.setAttribute('value', field.value));
  },
  'text in a field that a script put another in the place of': async (page) => {
    await page.locator('#naam').pressSequentially('Jansen');
    await page.locator('#naam').evaluate((field) => {
      const other = field.cloneNode();
      other.defaultValue = field.value;
      field.replaceWith(other);
    });
  },
  'text in an editor that keeps its events to itself': async (page) => {
    await page.evaluate(() => addEventListener('input', (event) => event.stopImmediatePropagation(), true));
    await page.locator('#vrij').pressSequentially('Hallo');
  },
  'text in a frame of the page': async (page) => {
    await page.evaluate(() => document.body.append(Object.assign(document.createElement('iframe'), { id: 'kader', srcdoc: '<textarea></textarea>' })));
    await page.frameLocator('#kader').locator('textarea').fill('Hallo');
  },
  'text in a frame that is an editor': async (page) => {
    await page.evaluate(() => document.body.append(Object.assign(document.createElement('iframe'), { id: 'kader', srcdoc: '<body contenteditable></body>' })));
    await page.frameLocator('#kader').locator('body').pressSequentially('Hallo');
  },
};

for (const [what, fill] of Object.entries(FIELDS)) {
  test(`${what} in another tab is not lost: leaving is offered, and the offer stands`, async ({ visitor }) => {
    const { page, wire } = await ordered(visitor);
    await fill(page);
    const other = await visitor.open('/tweede');
    await withdraw(other);
    await expect(said(page).getByRole('button', { name: OFFER })).toBeVisible();
    await page.waitForTimeout(1500);
    expect(wire).toEqual(['POST /order']);
    await expect(said(page).getByRole('button')).toHaveText([OFFER]);
    // What the vendor's script writes as long as it lives does not stay.
    await page.evaluate(() => (document.cookie = '_fbp=again; path=/'));
    await expect.poll(async () => (await visitor.context.cookies()).map(({ name }) => name)).toEqual([CHOICE]);
    await said(page).getByRole('button', { name: OFFER }).click();
    await page.waitForFunction(() => !window.ran);
    expect(wire).toEqual(['POST /order', 'GET /order']);
  });
}

test('a field that was filled in and emptied again is nothing to lose', async ({ visitor }) => {
  const { page, wire } = await ordered(visitor);
  await page.locator('#naam').fill('Jansen');
  await page.locator('#naam').fill('');
  await withdraw(page);
  await expect.poll(() => wire).toEqual(['POST /order', 'GET /order']);
});

test('a switch that was moved in the panel is nothing to lose', async ({ visitor }) => {
  const { page, wire } = await ordered(visitor);
  await page.evaluate(() => keuze.open());
  await panel(page).getByRole('switch').nth(1).click({ force: true });
  await panel(page).locator('[part=save]').click();
  await expect.poll(() => wire).toEqual(['POST /order', 'GET /order']);
  await page.waitForFunction(() => !window.ran?.includes('vendor'));
});

test('the page is told first, then its frames are empty and its cookies gone', async ({ visitor }) => {
  const page = await visitor.open('/order');
  await page.locator('#naam').fill('Jansen');
  await answer(page, 'accept');
  await expect.poll(() => ran(page)).toContain('vendor');
  await expect(page.frameLocator('iframe').getByRole('heading', { name: 'Video' })).toBeVisible();
  await page.evaluate(() => {
    window.told = [];
    const frame = document.querySelector('iframe[data-category]');
    for (const name of ['withdraw', 'change', 'choice']) {
      keuze.on(name, (now) => told.push(`${name} ${now.marketing} ${Boolean(frame.src)} ${/_fbp/.test(document.cookie)}`));
    }
  });
  await withdraw(page);
  await expect(said(page)).toContainText('Ingetrokken.');
  await expect(said(page).getByRole('button', { name: OFFER })).toBeVisible();
  expect(await page.evaluate(() => told[0])).toBe('withdraw false true true');
  expect(await page.evaluate(() => document.querySelector('iframe[data-category]').src)).toBe('');
  await expect.poll(() => page.frames().filter((frame) => frame.url().includes('/frame'))).toEqual([]);
  await expect(page.locator('keuze-placeholder')).toHaveCount(1);
  // What still runs can write it anew; it is looked at twice a second.
  await expect.poll(() => page.evaluate(() => document.cookie)).not.toContain('_fbp');
});

test('where only frames ran the page stays, and the frame is empty', async ({ visitor }) => {
  const page = await visitor.open('/ingehouden');
  const wire = documents(page);
  await page.locator('keuze-placeholder').getByRole('button').click();
  await expect(page.frameLocator('iframe').getByRole('heading', { name: 'Video' })).toBeVisible();
  await withdraw(page);
  await expect(page.locator('keuze-placeholder')).toHaveCount(1);
  await expect(page.locator('iframe')).toBeHidden();
  await expect.poll(() => page.frames().filter((frame) => frame.url().includes('/frame'))).toEqual([]);
  expect(wire).toEqual([]);
});

test('a browser without a cookie store notices as well', async ({ visitor }) => {
  await visitor.context.addInitScript(() => delete window.cookieStore);
  const { page, wire } = await ordered(visitor);
  const other = await visitor.open('/tweede');
  await withdraw(other);
  await expect.poll(() => wire).toEqual(['POST /order', 'GET /order']);
});

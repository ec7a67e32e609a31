import { answer, banner, CHOICE, control, expect, panel, ran, said, test } from '../support/test.mjs';
import { GLOBALS, MEMBERS } from '../support/names.mjs';

/** What the scripts reach for, and what they do without so that a page may have it. */
const NAMES = [
  ...GLOBALS,
  ...['AbortController', 'CustomEvent', 'Document', 'Element', 'Event', 'HTMLDocument', 'Map', 'MutationObserver', 'Node', 'Object'],
  ...['Promise', 'Proxy', 'Reflect', 'RegExp', 'Set', 'String', 'URL', 'WeakSet', 'history', 'statusbar'],
];

/** Members of the document by which others could be reached. */
const DOCUMENTS = [...MEMBERS, '__proto__', 'activeElement', 'adoptedStyleSheets', 'constructor', 'defaultView', 'head', 'keuze'];

/** What a page of its own may keep there, as a script of its own: what Playwright puts before a page is no global of it. */
const OWN = {
  'a variable with an object': (name) => `var ${name} = window['${name}'] = { of: 'the page' };`,
  'a variable with a text': (name) => `var ${name} = window['${name}'] = 'of the page';`,
  'a function': (name) => `window['${name}'] = function ${name}() {};`,
  // Unlike one that is assigned it takes the place of what only the browser may set, as `crypto` and `navigator` are.
  'a declared function': (name) => `function ${name}() {}`,
  'a property of another value': (name) =>
    `Object.defineProperty(window, '${name}', { value: { of: 'the page' }, configurable: true, writable: true });`,
  'a constant that hides it': (name) => `const ${name} = 'of the page';`,
  'a class that hides it': (name) => `class ${name} {}`,
  'nothing at all': (name) => `for (const holder of [window, Window.prototype]) delete holder['${name}'];`,
};

/** Notes on the page itself whether it keeps what it has: Playwright's own scripts use some of these names in the page. */
const watch = `{
  const tick = setInterval.bind(window);
  window.keeps = (name) => {
    const held = window[name];
    tick(() => (document.documentElement.dataset.kept = window[name] === held), 100);
  };
}`;

const withOwn = (script) => `/ingehouden?own=${encodeURIComponent(script)}`;

const refused = async (visitor, page, name) => {
  await expect(banner(page), name).toBeVisible();
  const posts = [];
  page.on('request', (request) => request.method() === 'POST' && posts.push(request.headers()['idempotency-key']));
  await control(page, 'refuse').click();
  await expect(said(page), name).toContainText('Geweigerd.');
  expect((await visitor.cookie(CHOICE))?.value, name).toMatch(/^statistics\.1\.o~marketing\.1\.r/);
  expect(new Set(posts).size, `${name}: one press`).toBe(1);
  expect(posts[0], `${name}: a key of 128 random bits`).toMatch(/^\d+(-\d+){3}$|^[\da-f-]{72}$/);
  return posts[0];
};

for (const [what, put] of Object.entries(OWN)) {
  test(`${what} where the browser’s own would be stops neither question nor answer`, async ({ arrive }) => {
    test.setTimeout(240_000);
    const keys = new Set();
    for (const name of NAMES) {
      const visitor = await arrive();
      await visitor.context.addInitScript({ content: watch });
      const page = await visitor.open(withOwn(`${put(name)}\nkeeps('${name}');`));
      const key = await refused(visitor, page, name);
      expect(keys.has(key), `${name}: a key of its own`).toBe(false);
      keys.add(key);
      // What a constant hides, or what is not there, is ours to make.
      if (name !== 'keuze' || !/hides|nothing/.test(what)) {
        await expect(page.locator('html'), `${name} is still the page’s`).toHaveAttribute('data-kept', 'true');
      }
      await visitor.context.close();
    }
  });
}

const ASKS_NOT_TO_BE_TRACKED = 'Uw browser vraagt websites om u niet te volgen.';

for (const [what, put] of Object.entries(OWN)) {
  test(`${what} does not hide that the browser asks not to be tracked`, async ({ arrive }) => {
    test.setTimeout(120_000);
    for (const name of ['navigator', 'clientInformation', 'Navigator', 'Uint32Array', 'crypto', 'Crypto', 'File', 'performance']) {
      const visitor = await arrive();
      await visitor.meet(undefined, { 'sec-gpc': '1' });
      const page = await visitor.open(withOwn(put(name)));
      await expect(banner(page).getByText(ASKS_NOT_TO_BE_TRACKED), name).toBeVisible();
      await control(page, 'settings').click();
      await expect(panel(page).getByText(ASKS_NOT_TO_BE_TRACKED), name).toBeVisible();
      await visitor.context.close();
    }
  });
}

test('a page that says so itself is believed, and one that says nothing is not', async ({ arrive }) => {
  for (const [content, said] of [['Object.defineProperty(navigator, "globalPrivacyControl", { value: true });', 1], ['', 0]]) {
    const visitor = await arrive();
    await visitor.context.addInitScript({ content });
    const page = await visitor.open('/ingehouden');
    await control(page, 'settings').click();
    await expect(panel(page)).toBeVisible();
    await expect(panel(page).getByText(ASKS_NOT_TO_BE_TRACKED)).toHaveCount(said);
  }
});

test('what was chosen holds on the next page of a site that has a Date, or a File, of its own', async ({ arrive }) => {
  for (const name of ['Date', 'File']) {
    const visitor = await arrive();
    const page = await visitor.open(withOwn(`class ${name} { static now() { return 'of the page'; } }`));
    await answer(page, 'accept');
    await page.reload();
    await expect.poll(() => ran(page), { message: name }).toContain('vendor');
    expect(await page.evaluate(() => keuze.allowed('marketing')), name).toBe(true);
    expect(await visitor.count('GET /keuze/health'), name).toBe(0);
    await visitor.context.close();
  }
});

test('without shadow roots the question is asked in the page itself', async ({ arrive }) => {
  const visitor = await arrive();
  await visitor.context.addInitScript({ content: 'delete Element.prototype.attachShadow;' });
  const page = await visitor.open('/ingehouden');
  await expect(page.locator('keuze-placeholder')).toHaveCount(1);
  await refused(visitor, page, 'attachShadow');
});

/** What hides a member of the document; `embed` alone needs something to show. */
const HIDING = {
  form: (name) => `<form name="${name}"></form>`,
  img: (name) => `<img name="${name}" alt="">`,
  'img by its id': (name) => `<img name="${name}" id="${name}" alt="">`,
  embed: (name) => `<embed name="${name}">`,
  iframe: (name) => `<iframe name="${name}" hidden></iframe>`,
  object: (name) => `<object id="${name}"></object>`,
};

/** Playwright itself asks the document for what is hidden here; the page is asked by the prototype. */
const inBanner = (page, act) =>
  page.evaluate((act) => {
    const host = Document.prototype.querySelector.call(document, 'keuze-banner');
    return new Function('root', `return (${act})(root)`)(host?.shadowRoot);
  }, act.toString());

for (const [what, hide] of Object.entries(HIDING)) {
  for (const when of ['before', 'after']) {
    test(`what the name of ${what} hides of the document, ${when} the tag, stops neither question nor answer`, async ({ arrive }) => {
      const visitor = await arrive();
      for (const part of ['refuse', 'accept']) {
        await visitor.context.clearCookies();
        const page = await visitor.context.newPage();
        await page.goto(`/verborgen?when=${when}&hide=${encodeURIComponent(DOCUMENTS.map(hide).join(''))}`);
        await expect.poll(() => inBanner(page, (root) => root?.querySelector('[part=banner]')?.checkVisibility())).toBe(true);
        const hidden = await page.evaluate((names) => names.filter((name) => document[name]?.nodeName || document[name]?.window === document[name]), DOCUMENTS);
        expect(hidden, 'the test hides what it says').toEqual(expect.arrayContaining(['cookie', 'createElement', 'querySelector']));
        await inBanner(page, `(root) => root.querySelector('[part=banner] [part=${part}]').click()`);
        const told = part === 'refuse' ? 'Geweigerd.' : 'Geaccepteerd.';
        await expect.poll(() => inBanner(page, (root) => root.querySelector('[role=status]').textContent)).toContain(told);
        expect((await visitor.cookie(CHOICE)).value).toMatch(part === 'refuse' ? /^statistics\.1\.o/ : /^statistics\.1\.n/);
        await expect.poll(() => ran(page)).toEqual(part === 'refuse' ? [] : ['slow', 'inline:ready', 'vendor', 'statistics']);
        if (part === 'refuse') continue;
        // A withdrawal ends it all: the page goes, and comes back without what ran.
        await page.evaluate(() => Document.prototype.querySelector.call(document, '[data-keuze=withdraw] button').click());
        await expect.poll(() => ran(page).catch(() => 'on its way')).toEqual([]);
        expect((await visitor.cookie(CHOICE)).value).toMatch(/^statistics\.1\.o/);
      }
    });
  }
}

test('where the panel finds something else in the browser’s place, the preference page stands in for it', async ({ arrive }) => {
  const visitor = await arrive({ tolerates: /panicked|unreachable|not a function/ });
  const settings = (root) => root?.querySelector('[part=banner] [part=settings]')?.click();
  const opened = async (page) =>
    page.url().includes('/keuze/voorkeuren') || (await inBanner(page, (root) => Boolean(root?.querySelector('dialog')?.open)).catch(() => false));
  for (const [what, content, address] of [
    ['a JSON of its own', 'var JSON = window.JSON = {};', '/'],
    ['a WebAssembly of its own', 'class WebAssembly {} window.WebAssembly = {};', '/'],
    ['an Object of its own', 'class Object {}', '/'],
    ['forms that hide the document', '', `/verborgen?when=before&hide=${encodeURIComponent(DOCUMENTS.map(HIDING.form).join(''))}`],
  ]) {
    const page = await visitor.context.newPage();
    await page.addInitScript({ content });
    await page.goto(address);
    await expect.poll(() => inBanner(page, (root) => root?.querySelector('[part=banner]')?.checkVisibility()), { message: what }).toBe(true);
    await inBanner(page, settings);
    await expect.poll(() => opened(page), { message: what }).toBe(true);
    await page.close();
  }
});

test('elements with such ids stop neither, whether the browser has those names or not', async ({ visitor }) => {
  const ids = [...new Set([...NAMES, ...DOCUMENTS, 'keuze-box', 'keuze-say', 'keuze-heading'])];
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

test('two tags on a page are one question and one answer', async ({ visitor }) => {
  await visitor.context.addInitScript(() => {
    window.readies = 0;
    document.addEventListener('keuze:ready', () => (window.readies += 1));
  });
  const page = await visitor.open('/twee-tags');
  await expect(banner(page)).toBeVisible();
  await page.waitForLoadState('networkidle');
  // One more, as a tag manager puts it there late.
  await page.evaluate(() => {
    const tag = document.createElement('script');
    tag.src = '/keuze/embed.js?lang=nl&3';
    document.head.append(tag);
    return new Promise((done) => (tag.onload = done));
  });
  await expect(page.locator('keuze-banner')).toHaveCount(1);
  expect(await page.evaluate(() => window.readies)).toBe(1);
  await answer(page, 'refuse');
  await expect(banner(page)).toHaveCount(0);
  expect((await visitor.asked()).filter((line) => line.startsWith('POST'))).toEqual(['POST /keuze/api/v1/choices 201']);
  await page.reload();
  await page.waitForLoadState('networkidle');
  await expect(page.locator('keuze-banner')).toHaveCount(0);
});

test('a banner that the page takes away comes back, for its question stands', async ({ visitor }) => {
  const page = await visitor.open();
  await expect(banner(page)).toBeVisible();
  await page.evaluate(() => document.querySelector('keuze-banner').remove());
  await expect(banner(page)).toBeVisible();
  await answer(page, 'refuse');
});

/** Makes the pictures of the banner on the demo's host page: docs/pictures/banner-<width>x<height>-<scheme>.png. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium } from '@playwright/test';

import { CHROMIUM } from './support/browser.mjs';
import { KeuzeServer } from './support/server.mjs';

const PICTURES = fileURLToPath(new URL('../docs/pictures/', import.meta.url));
const SIZES = [[390, 844], [844, 390], [320, 256], [1280, 800]];

async function shoot(browser, origin, [width, height], colorScheme) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, locale: 'nl-NL' });
  const page = await context.newPage();
  await page.goto(origin);
  // On low screens the banner stands at the end of the page.
  await page.locator('[part=banner]').evaluate((banner) => banner.scrollIntoView({ block: 'end' }));
  await page.screenshot({ path: path.join(PICTURES, `banner-${width}x${height}-${colorScheme}.png`) });
  await context.close();
}

const server = await KeuzeServer.start();
const browser = await chromium.launch(CHROMIUM);
try {
  for (const size of SIZES) {
    for (const scheme of ['light', 'dark']) await shoot(browser, server.origin, size, scheme);
  }
} finally {
  await browser.close();
  await server.stop();
  await server.remove();
}

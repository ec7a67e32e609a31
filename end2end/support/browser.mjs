import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { HOST } from '../proxy.mjs';

/** The site's origin, as the browser believes. */
export const ORIGIN = `https://${HOST}`;

const FONTS = fileURLToPath(new URL('./fonts.conf', import.meta.url));
const LIBERATION = '/usr/share/fonts/truetype/liberation';

if (!existsSync(LIBERATION)) throw new Error('the pinned font is missing: apt-get install fonts-liberation');

/** Debian's Chromium with one font, so that what is measured does not depend on the fonts of the machine. */
export const CHROMIUM = {
  executablePath: process.env.KEUZE_CHROMIUM ?? '/usr/bin/chromium',
  env: { ...process.env, FONTCONFIG_FILE: FONTS },
};

/** How Chromium starts: it knows the site's host and nothing else, and trusts the proxy's key and no other. */
export function launchOptions({ port, keyHash }) {
  return {
    ...CHROMIUM,
    args: [
      `--host-resolver-rules=MAP ${HOST}:443 127.0.0.1:${port}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1`,
      `--ignore-certificate-errors-spki-list=${keyHash}`,
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  };
}

/** What every visitor's browser has in common; a test adds what is special about one. */
export const VISITOR = {
  baseURL: ORIGIN,
  locale: 'nl-NL',
  timezoneId: 'Europe/Amsterdam',
  viewport: { width: 1280, height: 720 },
};

/**
 * Chromium refuses a reload (`Not attached to an active page`) while it is still putting a page in the place of the one
 * before it, though that page has said that it is loaded. Only that refusal is tried again.
 */
export function reloadsOnceInPlace(page) {
  const reload = page.reload.bind(page);
  page.reload = (options) =>
    reload(options).catch((error) => {
      if (!String(error).includes('Not attached to an active page')) throw error;
      return reload(options);
    });
}

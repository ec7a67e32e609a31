import axe from 'axe-core';

import { expect } from './test.mjs';

/** As R-4.3-1 has it: two of the rules are experimental, one is off by default. */
const OPTIONS = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  rules: {
    'target-size': { enabled: true },
    'label-content-name-mismatch': { enabled: true },
    'focus-order-semantics': { enabled: true },
  },
  resultTypes: ['violations'],
};

const WIDTHS = [320, 390, 1280];
const SCHEMES = ['light', 'dark'];

/** Puts axe into the page and its frames, but for one where no script runs. */
async function inject(page) {
  for (const frame of page.frames()) {
    const inert = frame.parentFrame() && (await (await frame.frameElement()).getAttribute('sandbox')) !== null;
    if (!inert) await frame.evaluate(axe.source);
  }
}

/** What axe finds, one line a node. */
async function violations(page) {
  const found = await page.evaluate(async (options) => {
    const { violations, passes } = await window.axe.run(document, options);
    if (!passes.length) throw new Error('axe looked at nothing');
    const lines = ({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target}: ${failureSummary}`);
    return violations.flatMap(lines);
  }, OPTIONS);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  return sideways > 0 ? [...found, `scrolls sideways by ${sideways} px`] : found;
}

/** Nothing that axe finds, at three widths, light and dark. */
export async function expectAccessible(page) {
  const [found, before] = [{}, page.viewportSize()];
  await inject(page);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 844 });
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      found[`${width} ${colorScheme}`] = await violations(page);
    }
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize(before);
  expect(Object.entries(found).filter(([, lines]) => lines.length)).toEqual([]);
}

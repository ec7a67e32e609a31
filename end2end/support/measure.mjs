/** Measurements that run in the page; each takes a locator. */

/** How two elements look: every computed style but their size, which is measured apart. */
export const style = (locator) =>
  locator.evaluate((element) => {
    const computed = getComputedStyle(element);
    const size = /^(width|height|inline-size|block-size|perspective-origin|transform-origin)$/;
    return Object.fromEntries([...computed].filter((name) => !size.test(name)).map((name) => [name, computed[name]]));
  });

/** The contrast of an element's text, or of another colour of it, with what lies behind (WCAG 2.2). */
export const contrast = (locator, property = 'color') =>
  locator.evaluate((element, property) => {
    const channels = (color) => color.match(/[\d.]+/g).map(Number);
    const light = (color) => {
      const [r, g, b] = channels(color).map((value) => {
        const part = value / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const transparent = (color) => channels(color)[3] === 0;
    let behind = element;
    const up = (node) => node.parentElement ?? node.getRootNode().host;
    while (behind && transparent(getComputedStyle(behind).backgroundColor)) behind = up(behind);
    const ground = behind ? getComputedStyle(behind).backgroundColor : 'rgb(255, 255, 255)';
    const [a, b] = [light(getComputedStyle(element)[property]), light(ground)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  }, property);

/**
 * What does not fit: elements of a part (and the part) that stick out of the viewport sideways, or whose content is
 * wider or, where it is clipped, higher than they are. Empty when all is well.
 */
export const overflow = (locator) =>
  locator.evaluate((part) => {
    const faults = [];
    // What only a screen reader reads is cut off on purpose.
    const unseen = (element) => getComputedStyle(element).clipPath !== 'none';
    const isUnseen = (element) => element !== part && (unseen(element) || isUnseen(element.parentElement));
    const wide = document.documentElement;
    if (wide.scrollWidth > wide.clientWidth) faults.push(`the page scrolls sideways: ${wide.scrollWidth}`);
    for (const element of [part, ...part.querySelectorAll('*')]) {
      const { left, right, width } = element.getBoundingClientRect();
      const name = `${element.localName} "${element.textContent.slice(0, 20)}"`;
      if (!width || isUnseen(element)) continue;
      if (left < 0 || right > innerWidth) faults.push(`${name} reaches from ${left} to ${right} of ${innerWidth}`);
      if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth) faults.push(`${name} is too narrow`);
      const clips = getComputedStyle(element).overflowY === 'hidden';
      if (clips && element.scrollHeight > element.clientHeight + 1) faults.push(`${name} is cut off`);
    }
    return faults;
  });

/** What has the focus, shadow roots included: its part, id or text; `body` when nothing has. */
export const focused = (page) =>
  page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return element.getAttribute('part') || element.id || element.textContent.trim().slice(0, 40) || element.localName;
  });

/**
 * Whether at least one of nine points of what has the focus can be seen (WCAG 2.4.11), frames included; a description
 * of it, and null when nothing has the focus.
 */
export const focusSeen = (page) =>
  page.evaluate(() => {
    const inside = (rect) => {
      const at = [0.02, 0.5, 0.98];
      return at.flatMap((x) => at.map((y) => [rect.left + x * rect.width, rect.top + y * rect.height]));
    };
    const hits = (root, element) =>
      inside(element.getBoundingClientRect()).some(([x, y]) => {
        const found = root.elementFromPoint(x, y);
        return found && (found === element || element.contains(found) || found.contains(element));
      });
    let [root, element, seen, name] = [document, document.activeElement, true, ''];
    if (!element || element === document.body) return null;
    for (;;) {
      name += `/${element.getAttribute('part') || element.id || element.textContent.trim().slice(0, 30) || element.localName}`;
      seen &&= element.shadowRoot ? true : hits(root, element);
      const next = element.shadowRoot ?? element.contentDocument;
      const inner = next?.activeElement;
      if (!inner || inner === next.body) return { name, seen };
      if (next === element.shadowRoot) root = next;
      else seen &&= insideFrame(element, inner);
      if (next !== element.shadowRoot) return { name: `${name}/${inner.textContent}`, seen };
      element = inner;
    }
    function insideFrame(frame, inner) {
      const [outer, rect] = [frame.getBoundingClientRect(), inner.getBoundingClientRect()];
      return inside(rect).some(([x, y]) => document.elementFromPoint(x + outer.left, y + outer.top) === frame);
    }
  });

/** Animations and transitions that run now, in the document and in the banner. */
export const moving = (page) =>
  page.evaluate(() => {
    const roots = [document, document.querySelector('keuze-banner')?.shadowRoot].filter(Boolean);
    return roots.flatMap((root) => root.getAnimations()).length;
  });

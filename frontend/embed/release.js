// What only later moments of the banner need: the settings panel, the placeholders of withheld frames, and whether there is
// text in the page that leaving it would lose.

// A page's own variable can stand where this would.
const Promise = (async () => {})().constructor;

let panel;

// Fetches the panel; called when pointer or focus nears its button, and again when it is opened.
export const near = () => {
  panel ||= import('/keuze/panel.js').then(async (module) => {
    await module.default({ module_or_path: '/keuze/panel_bg.wasm' });
    return module;
  });
  // Whoever opens the panel is told of a failure; nearing it is not.
  panel.catch(() => {});
  return panel;
};

// Put here by the build: style/panel.css and style/placeholder.css.
const STYLE = '@panel.css';
const BOX = '@placeholder.css';

// The words of the policy under which the answer will be posted, whatever is in force by now.
const notice = async (language, policy) => {
  const response = await fetch(`/keuze/notice.json?lang=${language}&policy=${policy}`);
  if (!response.ok) throw new Error('no notice');
  return response.text();
};

// Opens the second layer in the banner's shadow root. Escape and "close" grant nothing.
export const open = async (shadow, language, answers, send, policy, chosen, again) => {
  near();
  const text = await notice(language, policy);
  const { mount } = await panel;
  const strings = JSON.parse(text);
  if (chosen) strings.close = strings.close_chosen;
  if (shadow.querySelector('dialog')) return;
  const dialog = document.createElement('dialog');
  const root = document.createElement('div');
  const banner = shadow.getElementById('keuze');
  const close = () => {
    // Shown again first: closing a dialog gives the focus back to what had it, if that can be seen.
    if (banner) banner.style.display = '';
    document.removeEventListener('keuze:change', renew);
    dialog.close();
    dialog.remove();
  };
  // Another tab answered: what is switched on here may be what was withdrawn there.
  const renew = () => {
    close();
    again();
  };
  document.addEventListener('keuze:change', renew);
  dialog.setAttribute('part', 'panel');
  dialog.setAttribute('aria-label', strings.panel_heading);
  dialog.lang = language;
  dialog.append(root);
  shadow.append(dialog);
  style(shadow);
  try {
    mount(root, JSON.stringify(strings), JSON.stringify(answers), (control, purposes) => {
      close();
      if (control != 'close') send(control, JSON.parse(purposes));
    });
  } catch (error) {
    close();
    throw error;
  }
  // From the first switch on it is the person's own choice that is to be saved.
  root.addEventListener('change', () => (dialog.dataset.moved = ''));
  dialog.addEventListener('keydown', (event) => {
    if (event.key == 'Escape') event.preventDefault(close());
  });
  if (matchMedia('(min-width:640px) and (min-height:481px)').matches) dialog.show();
  else dialog.showModal();
  if (banner) banner.style.display = 'none';
};

// Puts a box before each frame that waits: what would come, and a button that allows its purpose here and now.
export const frames = async (language, send, policy) => {
  const strings = JSON.parse(await notice(language, policy));
  for (const frame of document.querySelectorAll('[data-src][data-category]')) {
    const purpose = strings.purposes.find(({ id }) => id == frame.dataset.category);
    if (purpose && frame.previousElementSibling?.localName != 'keuze-placeholder') placeholder(frame, purpose, strings, send);
  }
};

const placeholder = (frame, purpose, strings, send) => {
  const host = document.createElement('keuze-placeholder');
  const shadow = host.attachShadow({ mode: 'open' });
  const box = document.createElement('section');
  const add = (tag, text) => {
    const element = document.createElement(tag);
    element.append(text);
    box.append(element);
    return element;
  };
  host.lang = strings.language;
  box.setAttribute('aria-label', [frame.title, purpose.name].filter(Boolean).join(': '));
  if (frame.title) add('b', frame.title);
  add('p', purpose.description);
  const button = add('button', `${strings.accept}: ${purpose.name}`);
  button.setAttribute('part', 'allow');
  button.onclick = () => send('save', 'placeholder', { [purpose.id]: true });
  add('a', strings.settings).href = '/keuze/voorkeuren?lang=' + strings.language;
  shadow.append(box);
  style(shadow, BOX);
  frame.before(host);
  frame.hidden = true;
  // The frame is released wherever its purpose is granted: here, in the panel or in another tab.
  new MutationObserver((_, observer) => {
    observer.disconnect();
    const focused = shadow.activeElement;
    host.remove();
    frame.hidden = false;
    if (focused) frame.focus();
  }).observe(frame, { attributeFilter: ['src'] });
};

const style = (root, text = STYLE) => {
  if (root.dressed) return;
  root.dressed = true;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
};

// Whether somebody filled something in that going would lose; in a frame of the page's own origin, too. What was typed stays
// typed where the page made it the default. Our own switches are no text.
export const written = (typed, root = document) =>
  typed.some((field) => field.isConnected && (filled(field) || field.value || !('value' in field || field.isContentEditable || field.localName == 'keuze-banner'))) ||
  [...root.querySelectorAll('input,textarea,select,iframe,[contenteditable]:focus')].some(
    // A framework may have put another field in the place of one.
    (field) => filled(field) || typed.some((gone) => !gone.isConnected && gone.value && gone.value == field.value),
  );

const filled = (field) =>
  field.localName == 'iframe' ? inside(field) : field.isContentEditable ? field.textContent.trim() : changed(field);

// A frame of another origin shows nothing of itself. An editor is a frame whose body, or whole document, can be edited.
const inside = ({ contentDocument: page }) => {
  try {
    return (page.body.isContentEditable && page.body.textContent.trim()) || written([], page);
  } catch {}
};

const chosen = (list, how) => [...list.options].flatMap((option, at) => (option[how] ? at : [])) + '';

const changed = (field) => {
  if (/^(range|color|submit|button|reset|image|hidden)$/.test(field.type)) return false;
  if (/^(checkbox|radio)$/.test(field.type)) return field.checked != field.defaultChecked;
  if (field.options) return chosen(field, 'selected') != (chosen(field, 'defaultSelected') || (field.multiple ? '' : '0'));
  return field.value != field.defaultValue;
};

// Another road to the server: some pages put something else where fetch was.
export const post = (url, { method, headers, body }) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    for (const name in headers) request.setRequestHeader(name, headers[name]);
    request.onload = () => resolve({ status: request.status, json: () => JSON.parse(request.responseText) });
    request.onerror = reject;
    request.send(body);
  });

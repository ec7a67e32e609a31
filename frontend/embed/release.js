// What only later moments of the banner need: the settings panel, the placeholders of withheld frames, and whether there is
// text in the page that leaving it would lose. `page` is what embed.js hands over of itself; it reaches what the name of a
// form of the page hides of `document`.

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

// Put here by the build: style/placeholder.css. The panel brings its own.
const BOX = '@placeholder.css';

// The words of the policy under which the answer will be posted, whatever is in force by now.
const notice = async ({ LANGUAGE, POLICY }) => {
  const response = await fetch(`/keuze/notice.json?lang=${LANGUAGE}&policy=${POLICY}`);
  if (!response.ok) throw response;
  return response.json();
};

// Opens the second layer in the banner's shadow root. Escape and "close" grant nothing.
export const open = async (page, answers, send) => {
  near();
  const { shadow } = page;
  const strings = await notice(page);
  const { mount, STYLE } = await panel;
  if (page.answered()) strings.close = strings.close_chosen;
  if (shadow.querySelector('dialog')) return;
  const root = page.build(['div']);
  const dialog = page.build(['dialog', { part: 'panel', 'aria-label': strings.panel_heading, lang: page.LANGUAGE }, root]);
  const banner = shadow.querySelector('#keuze');
  const close = () => {
    // Shown again first: closing a dialog gives the focus back to what had it, if that can be seen.
    if (banner) banner.style.display = '';
    dialog.close();
    dialog.remove();
  };
  // Another tab answered: what is switched on here may be what was withdrawn there.
  page.on('change', () => {
    if (!dialog.isConnected) return;
    close();
    page.open();
  });
  shadow.append(dialog);
  style(page, shadow, STYLE);
  try {
    mount(root, JSON.stringify(strings), JSON.stringify(answers), !!page.gpc, (control, purposes) => {
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
export const frames = async (page) => {
  const strings = await notice(page);
  for (const frame of page.all('[data-src][data-category]')) {
    const purpose = strings.purposes.find(({ id }) => id == frame.dataset.category);
    if (!purpose || page.allowed(purpose.id)) continue;
    if (frame.previousElementSibling?.localName != 'keuze-placeholder') placeholder(page, frame, purpose, strings);
  }
};

const placeholder = (page, frame, purpose, strings) => {
  const host = page.build(['keuze-placeholder', { lang: strings.language }]);
  const shadow = host.attachShadow?.({ mode: 'open' }) ?? host;
  const button = page.build(['button', { part: 'allow' }, `${strings.accept}: ${purpose.name}`]);
  const href = '/keuze/voorkeuren?lang=' + strings.language;
  const box = page.build(['section', { 'aria-label': (frame.title && frame.title + ': ') + purpose.name }]);
  if (frame.title) box.append(page.build(['b', 0, frame.title]));
  box.append(page.build(['p', 0, purpose.description]), button, page.build(['a', { href }, strings.settings]));
  button.onclick = () => page.send('save', 'placeholder', { [purpose.id]: true });
  shadow.append(box);
  style(page, shadow, BOX);
  frame.before(host);
  frame.hidden = true;
  // It is released wherever its purpose is granted: here, in the panel or in another tab.
  page.on('change', (allowed) => {
    if (!allowed[purpose.id] || !host.isConnected) return;
    const focused = host.matches(':focus-within');
    host.remove();
    frame.hidden = false;
    if (focused) frame.focus();
  });
};

const style = (page, root, text) => {
  if (root.dressed) return;
  root.dressed = true;
  try {
    page.style(text, root);
  } catch {
    // Undressed it can be read and pressed.
  }
};

// Whether somebody filled something in that going would lose; in a frame of the page's own origin, too. What was typed stays
// typed where the page made it the default. Our own switches are no text.
export const written = ({ typed, all }) =>
  typed.some((field) => field.isConnected && (filled(field) || field.value || !('value' in field || field.isContentEditable || field.localName == 'keuze-banner'))) ||
  [...all('input,textarea,select,iframe,[contenteditable]:focus')].some(
    // A framework may have put another field in the place of one.
    (field) => filled(field) || typed.some((gone) => !gone.isConnected && gone.value && gone.value == field.value),
  );

const filled = (field) =>
  field.localName == 'iframe' ? inside(field) : field.isContentEditable ? field.textContent.trim() : changed(field);

// A frame of another origin shows nothing of itself. An editor is a frame whose body, or whole document, can be edited.
const inside = ({ contentDocument: page }) => {
  try {
    const all = (selector) => page.querySelectorAll(selector);
    return (page.body.isContentEditable && page.body.textContent.trim()) || written({ typed: [], all });
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
  new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    for (const name in headers) request.setRequestHeader(name, headers[name]);
    request.responseType = 'json';
    // Without an answer the status is 0.
    request.onloadend = () => resolve({ status: request.status, json: () => request.response });
    request.send(body);
  });

// What embed.js could not make where the page has a JSON, or a source of chance, of its own. The browser names what is kept in
// memory by chance, too.
export const prepare = ({ press, 1: sent }) => {
  const chance = () => URL.createObjectURL(new Blob()).slice(-36);
  sent.headers['Idempotency-Key'] ||= chance() + chance();
  sent.body = json(press);
};

// As JSON.stringify would: texts, what is true or false, and objects of these.
const json = (value) => {
  if (value.at) return `"${value.replace(/["\\]/g, '\\$&')}"`;
  if (value == !!value) return value;
  const members = [];
  for (const name in value) if (value[name] != null) members.push(`"${name}":${json(value[name])}`);
  return `{${members}}`;
};

// What later moments of the banner need: telling what became of an answer, a withdrawal, continued use, the way back.
//
// The server puts the words of one language in place of __KEUZE__ (server/src/embed/script.rs). `page` is what embed.js
// hands over of itself. Settings panel and placeholders are in release.js.

const [WORDS, NAMES, PURPOSES, NO_NOTICE] = __KEUZE__;

// Put here by the build: style/later.css.
const STYLE = '@later.css';

// Seconds after which an answer that did not come is asked for again; the last one from then on.
const PAUSES = [1, 2, 4, 8, 15, 30];

const wait = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

const element = (tag, text, attributes = {}) => Object.assign(document.createElement(tag), attributes, { textContent: text });

// How this document came; nothing where a page has put something else there.
const visit = () => {
  try {
    return performance.getEntriesByType('navigation')[0];
  } catch {}
};

const running = (page) => page.ran.some((id) => !page.allowed(id));

// --- what is said ---

const styled = new WeakSet();

const dress = (page) => {
  page.mount();
  if (styled.has(page.shadow)) return;
  styled.add(page.shadow);
  try {
    page.style(STYLE, page.shadow);
  } catch {
    // Undressed it can be read and pressed.
  }
};

const say = (page, ...nodes) => {
  dress(page);
  page.leave(page.say);
  // As long as something runs that was withdrawn, the offer to end it stands.
  if (running(page)) nodes.push(` ${WORDS.offer} `, element('button', WORDS.reload, { onclick: () => go(page) }));
  else if (nodes[0]) nodes.push(element('button', WORDS.close, { onclick: () => say(page) }));
  page.say.replaceChildren(...nodes);
};

// What happened, and the receipt behind one word: its number is for whoever asks.
export const told = (page, [text, number, url]) => say(page, text + ' ', receipt(number, url));

const receipt = (number, url) => element('a', WORDS.receipt, { href: url, title: number });

const outcome = (page, had) => {
  const on = page.optional.filter(page.allowed);
  if (!on.length) return had ? WORDS.withdrawn : WORDS.refused;
  if (on.length == page.optional.length) return WORDS.accepted;
  return `${WORDS.kept} ${on.map((id) => NAMES[id]).join(', ')}.`;
};

export const blocked = (page) => say(page, WORDS.blocked);

// --- an answer ---

// Another road to the server: some pages put something else where fetch was.
const post = (url, { method, headers, body, signal }) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    for (const name in headers) request.setRequestHeader(name, headers[name]);
    request.onload = () => resolve({ status: request.status, json: () => JSON.parse(request.responseText) });
    request.onerror = request.onabort = reject;
    signal?.addEventListener('abort', () => request.abort());
    request.send(body);
  });

// The status and body of an answer; null while nobody knows what became of the request.
const hear = async (attempt) => {
  try {
    const response = await Promise.race([attempt(), wait(15)]);
    const body = await response.json();
    const { status } = response;
    const unknown = status == 408 || (status >= 500 && !/\/(not-recorded|busy|closed)$/.test(body.type));
    return unknown || !status ? null : [status, body];
  } catch {
    return null;
  }
};

// Asks until it knows, under the key of the press, so that the server records it once.
const ask = async (page, request, first) => {
  let unknown;
  const slow = setTimeout(() => page.sending == request && say(page, page.UNKNOWN), 4000);
  const roads = [fetch, post];
  for (let tries = 0; page.sending == request; tries++) {
    const heard = await hear(async () => (tries ? roads[tries % 2](...request) : first));
    clearTimeout(slow);
    if (page.sending != request) return;
    unknown ||= !heard;
    if (heard && (heard[0] < 429 || heard[0] == 431)) return heard;
    say(page, unknown ? page.UNKNOWN : WORDS.waiting);
    // The next page asks again, as long as nothing is under way.
    const [abort] = request.splice(2, 1, null);
    await wait(PAUSES[Math.min(tries, PAUSES.length - 1)]);
    request[2] = abort;
  }
};

export const answer = async (page, request, first) => {
  const had = page.optional.some(page.allowed);
  const heard = await ask(page, request, first);
  if (!heard) return;
  const [status, body] = heard;
  page.sending = 0;
  if (status == 409 || (status == 201 && body.ask_again[0])) {
    // A question changed while this page was open: ask the present one.
    page.host?.remove();
    import(`/keuze/embed.js?lang=${page.LANGUAGE}&after=${page.POLICY}`);
  } else if (status != 201) say(page, WORDS.failed);
  else if (!page.cookie('')) blocked(page);
  const taken = status == 201 && page.cookie('');
  page.sync();
  if (!taken) return;
  page.stored = [outcome(page, had), body.receipt, body.receipt_url];
  say(page, page.stored[0] + ' ', receipt(body.receipt, body.receipt_url));
  page.emit('choice');
  if (page.answered()) tab(page);
};

// --- a withdrawal ---

// Expires registered cookies without a grant on every path and domain they can have been set for.
export const expire = (page) => {
  for (const pair of document.cookie.split('; ')) {
    const name = pair.split('=')[0];
    if (!page.optional.some((id) => !page.allowed(id) && RegExp(`^(${PURPOSES[id]})$`).test(name))) continue;
    for (let path = location.pathname; ; path = path.replace(/\/?[^/]*$/, '')) {
      for (let domain = location.hostname; ; domain = domain.replace(/^[^.]*\.?/, '')) {
        for (const end of ['', '/']) document.cookie = `${name}=;max-age=0;path=${path}${end};domain=${domain}`;
        if (!domain) break;
      }
      if (!path) break;
    }
  }
};

// Ends what was withdrawn: its frames, its cookies for as long as this document lives, and where its scripts ran the
// document itself.
export const stop = (page) => {
  empty(page);
  expire(page);
  watch(page);
  if (!running(page)) return page.release();
  if (written(page)) {
    page.release();
    say(page, ...[...page.say.childNodes].filter(({ localName }) => localName != 'button'));
  } else go(page);
};

// Put back in its place a frame begins anew, with nothing in it.
const empty = (page) => {
  for (const frame of document.querySelectorAll('[data-category][src]:not(script)')) {
    if (page.allowed(frame.dataset.category)) continue;
    frame.dataset.src = frame.getAttribute('src');
    frame.removeAttribute('src');
    frame.replaceWith(frame);
  }
  frames(page);
};

let watched;

const watch = (page) => {
  if (watched) return;
  watched = setInterval(expire, 500, page);
  for (const name of ['pagehide', 'beforeunload']) addEventListener(name, () => expire(page));
  globalThis.cookieStore?.addEventListener?.('change', () => expire(page));
};

// A page leaves by its own address: always a GET, never the order of before once more.
const go = (page) => {
  page.sending = 1;
  const address = location.href.split('#')[0];
  // The page that comes tells what became of the press. The entry in the session's history ends here; one that holds a
  // state of the page's own is left alone.
  try {
    const entry = navigation.currentEntry;
    if (page.stored && entry.getState() === undefined) navigation.updateCurrentEntry({ state: { keuze: page.stored } });
  } catch {
    // It is gone all the same, and the receipt with it.
  }
  location.replace(address);
};

// Whether somebody filled something in that going would lose.
const written = (page) => page.typed.some(filled) || [...document.querySelectorAll('input,textarea,select')].some(changed);

const filled = (field) =>
  field.isConnected && (field.isContentEditable ? field.textContent.trim() : 'value' in field ? changed(field) || field.value : true);

const chosen = (list, how) => [...list.options].flatMap((option, at) => (option[how] ? at : [])) + '';

const changed = (field) => {
  if (/^(range|color|submit|button|reset|image|hidden)$/.test(field.type)) return false;
  if (/^(checkbox|radio)$/.test(field.type)) return field.checked != field.defaultChecked;
  if (field.options) return chosen(field, 'selected') != (chosen(field, 'defaultSelected') || (field.multiple ? '' : '0'));
  return field.value != field.defaultValue;
};

// --- continued use ---

// Another page of ours was seen before this one, by a plain visit (requirements 2.5.2). The referrer stays here.
export const continued = (page) => {
  const from = element('a', '', { href: document.referrer });
  const { type, activationStart } = visit() ?? {};
  if (
    from.origin == location.origin && from.pathname != location.pathname &&
    !NO_NOTICE.test(from.pathname) && !NO_NOTICE.test(location.pathname) &&
    type == 'navigate' && !document.prerendering && !activationStart
  ) {
    const headers = { 'Content-Type': 'application/json' };
    const body = JSON.stringify({ policy: page.POLICY });
    fetch('/keuze/api/v1/continued-use', { method: 'POST', keepalive: true, headers, body }).then(page.sync, page.sync);
  }
};

// --- the way back ---

// A small tab, where the page itself has no link to the settings.
export const tab = (page) => {
  if (page.reopens() || page.shadow?.getElementById('keuze-tab')) return;
  dress(page);
  const href = '/keuze/voorkeuren?lang=' + page.LANGUAGE;
  const onclick = (event) => {
    event.preventDefault();
    page.open();
  };
  const way = element('a', WORDS.settings, { id: 'keuze-tab', href, onclick });
  page.say.after(way);
  // The page's own link may come with the rest of it.
  const found = () => page.reopens() && (way.remove(), watcher.disconnect());
  const watcher = new MutationObserver(found);
  watcher.observe(document, { childList: true, subtree: true });
};

// --- settings and frames ---

const release = () => import('/keuze/release.js');

export const near = async (page, value) => value == 'settings' && (await release()).near();

export const open = async (page, answers) => (await release()).open(page.shadow, page.LANGUAGE, answers, page.send, page.POLICY);

export const frames = async (page) => (await release()).frames(page.LANGUAGE, page.send, page.POLICY);

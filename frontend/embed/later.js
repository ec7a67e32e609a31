// What later moments of the banner need: telling what became of an answer, a withdrawal, continued use, the way back.
//
// The server puts the words of one language in place of __KEUZE__ (server/web/src/embed/script.rs). `page` is what embed.js
// hands over of itself. Settings panel and placeholders are in release.js.

const [WORDS, NAMES, PURPOSES, COUNTED, NO_NOTICE] = __KEUZE__;

// Put here by the build: style/later.css.
const STYLE = '@later.css';

// A page's own variables can stand where these would; what is built in is reached without its name. What `document` has, the
// name of a form can hide; `page` reaches it all the same.
const Promise = (async () => {})().constructor;
const RegExp = /./.constructor;

const timer = (act, seconds) => {
  try {
    return setTimeout(act, seconds * 1000);
  } catch {
    // Then nothing happens by itself.
  }
};

// A cookie whose name starts with __Secure- goes by a line with Secure alone; over http no browser takes one.
const SECURE = location.protocol == 'https:' ? ';secure' : '';

// Seconds after which an answer that did not come is asked for again; then every half minute.
const PAUSES = [1, 2, 4, 8, 15];

const wait = (seconds) => new Promise((done) => timer(done, seconds));

const element = (page, tag, text, attributes) => {
  const made = page.build([tag, 0, text]);
  for (const name in attributes) made[name] = attributes[name];
  return made;
};

// How this document came; nothing where a page has put something else there.
const visit = () => {
  try {
    return performance.getEntriesByType('navigation')[0];
  } catch {}
};

const running = (page) => page.ran.some((id) => !page.allowed(id));

// --- what is said ---

const dress = (page) => {
  page.mount();
  if (page.dressed) return;
  page.dressed = true;
  try {
    page.style(STYLE, page.shadow);
  } catch {
    // Undressed it can be read and pressed.
  }
};

// Focus that fell to the body goes back to where it came from, else to the page's content.
export const leave = (page) => {
  const [focused] = page.all(':focus-within');
  const target = page.back?.isConnected ? page.back : page.all('main,h1')[0] || page.all('body')[0];
  if (focused) return;
  if (target.tabIndex < 0) target.tabIndex = -1;
  target.focus({ preventScroll: true });
};

const say = (page, ...nodes) => {
  dress(page);
  const focused = page.say.matches(':focus-within');
  // As long as something runs that was withdrawn, the offer to end it stands.
  if (running(page) && page.kept) {
    nodes.splice(1, 0, ` ${WORDS.offer} `);
    nodes.push(element(page, 'button', WORDS.reload, { onclick: () => go(page), part: 'leave' }));
  } else if (nodes[0]) nodes.push(element(page, 'button', WORDS.close, { onclick: () => say(page) }));
  page.say.replaceChildren(...nodes);
  if (focused) leave(page);
};

// What happened, and the receipt behind one word: its number is for whoever asks.
export const told = (page, text, number, url) => say(page, text + ' ', receipt(page, number, url));

const receipt = (page, number, url) => element(page, 'a', WORDS.receipt, { href: url, title: number });

const outcome = (page, had) => {
  const on = page.optional.filter(page.allowed);
  if (!on.length) return had ? WORDS.withdrawn : WORDS.refused;
  if (on.length == page.optional.length) return WORDS.accepted;
  return `${WORDS.kept} ${on.map((id) => NAMES[id]).join(', ')}.`;
};

export const blocked = (page) => say(page, WORDS.blocked);

// --- an answer ---

// The status and body of an answer; null while nobody knows what became of the request: only the server's own receipt says
// that it was recorded, and only a refusal that no proxy or time limit makes that it was not.
const hear = async (attempt) => {
  try {
    const response = await Promise.race([attempt(), wait(15)]);
    const body = await response.json();
    const { status } = response;
    return (status == 201 ? body.receipt : /^4(?!08|99)/.test(status)) ? [status, body] : null;
  } catch {
    return null;
  }
};

// The letter of a purpose's answer in a choice cookie.
const letter = (cookie, id) => (cookie.match(`(?:^|~)${id}\\.\\d+\\.(.)`) || [])[1];

const isNo = (cookie, id) => /[or]/.test(letter(cookie, id) || '');

// Whether another tab answered otherwise since a press, and nothing that the press says no to is left.
const passed = (page, { before, purposes }) => {
  const now = page.cookie('');
  const ids = page.optional.filter((id) => id in purposes);
  return (
    now != before &&
    ids.some((id) => purposes[id] == isNo(now, id)) &&
    ids.every((id) => purposes[id] || isNo(now, id) || letter(now, id) != letter(before, id))
  );
};

// Asks until it knows, under the key of the press, so that the server records it once; or until another tab has the last
// word. Of an attempt that is under way the server says which came first.
const ask = async (page, request, first) => {
  let unknown;
  let heard;
  timer(() => page.sending == request && !heard && say(page, WORDS.unknown), 4);
  const roads = [(...sent) => fetch(...sent), async (...sent) => (await release()).post(...sent)];
  for (let tries = 0; page.sending == request; tries++) {
    heard = await hear(async () => (tries ? roads[tries % 2](...request) : first));
    if (page.sending != request) return;
    unknown ||= !heard;
    // What is refused now tells nothing of an attempt before it.
    const [status] = heard || [];
    if (status < 300 || status == 409 || (!unknown && status != 429)) return heard;
    say(page, unknown ? WORDS.unknown : WORDS.waiting);
    // The next page asks again, as long as nothing is under way.
    page.idle = true;
    for (let left = 2 * (PAUSES[tries] || 30); left-- && !passed(page, request.press); ) await wait(0.5);
    page.idle = false;
    if (page.sending == request && passed(page, request.press)) {
      // A yes that was recorded, and never heard of here, ends when the server is asked for it.
      if (page.optional.some((id) => request.press.purposes[id])) hear(() => fetch(...request));
      return [0];
    }
  }
};

// Whoever thinks better of it is not overtaken by what they pressed before: a press outlives its page and can't be
// called back, so where it was recorded after all, the last one is sent once more.
const repeat = async (page) => {
  while (page.sending?.[1]) await wait(0.5);
  const { control, surface, purposes } = page.newest.press;
  if (!page.sending) page.send(control, surface, purposes);
};

export const answer = async (page, request, first) => {
  const { before, purposes, surface } = request.press;
  if (!request[1].body) {
    (await release()).prepare(request);
    first = (async () => fetch(...request))();
  }
  // What another tab answered while this press was under way.
  let meanwhile = '';
  const watch = () => {
    if (page.sending != request) return;
    if (page.cookie('') != before) meanwhile ||= page.cookie('');
    timer(watch, 0.2);
  };
  watch();
  if (page.newest && !page.newest.heard) page.overtaken = (page.overtaken || 0) + 1;
  page.newest = request;
  first
    .then(({ status }) => status == 201 && page.newest != request && repeat(page))
    .catch(() => {})
    .then(() => {
      request.heard = true;
      if (page.newest != request) page.overtaken -= 1;
    });
  const had = page.answered() && page.optional.some(page.allowed);
  const heard = await ask(page, request, first);
  if (!heard) return;
  const [status, body] = heard;
  page.sending = 0;
  page.idle = false;
  // Over http another host of the domain can put one of its own beside ours, and then nobody knows which is which.
  if (!SECURE) for (const name of ['keuze', 'keuze_seen']) wipe(page, name, true);
  // The server heard of this press last, though it came first: the no of the other tab is said once more.
  const noes = { __proto__: null };
  for (const id in purposes) if (purposes[id] && isNo(meanwhile, id) && !isNo(page.cookie(''), id)) noes[id] = false;
  for (const _ in noes) return page.send('save', surface, noes);
  const taken = status == 201 && page.cookie('');
  page.sync();
  if ((status == 409 || (taken && body.ask_again[0])) && !page.answered()) {
    // A question changed while this page was open: ask the present one.
    page.sending = 1;
    import(`/keuze/embed.js?lang=${page.LANGUAGE}&after=${page.POLICY}`).then(
      () => page.host?.remove(),
      () => (page.sending = 0),
    );
  } else if (!status || status == 409 || (taken && page.optional.some((id) => purposes[id] && isNo(page.cookie(''), id)))) {
    // Another tab has the last word.
    say(page, `${WORDS.changed} ${outcome(page, had)}`);
    if (surface == 'settings') page.open();
    return;
  } else if (status != 201) say(page, WORDS.failed);
  else if (!taken) blocked(page);
  if (!taken) return;
  if (!page.answered()) await clock(page);
  page.stored = [outcome(page, had), body.receipt, body.receipt_url];
  told(page, ...page.stored);
  page.emit('choice');
};

// How many milliseconds the server's clock is ahead.
export const clock = async (page) => {
  try {
    // Without a body: one that nobody reads keeps its connection.
    const { headers } = await fetch('/keuze/health', { method: 'HEAD' });
    page.ahead = Date.parse(headers.get('date')) - Date.now() || 1;
  } catch {}
  page.sync();
};

// --- a withdrawal ---

// Expires a cookie on every path and domain it can have been set for. Ours stands on the root of the host alone, which an
// address, or a name without a dot, has no other word for.
const wipe = (page, name, ours) => {
  for (let path = location.pathname.replace(/\/$/, ''); ; path = path.replace(/\/?[^/]*$/, '')) {
    for (let domain = location.hostname; ; domain = domain.replace(/^[^.]*\.?/, '')) {
      if (!ours || path || /\..*\D$/.test(domain))
        for (const end of ['', '/']) page.jar(`${name}=;max-age=0;path=${path}${end};domain=${domain}${SECURE}`);
      if (!domain) break;
    }
    if (!path) break;
  }
};

// Registered cookies without a grant.
export const expire = (page) => {
  for (const pair of page.jar().split('; ')) {
    const name = pair.split('=')[0];
    if (page.optional.some((id) => !page.allowed(id) && RegExp(`^(${PURPOSES[id]})$`).test(name))) wipe(page, name);
  }
};

// Ends what was withdrawn: its frames, its cookies for as long as this document lives, and where its scripts ran the
// document itself.
export const stop = async (page) => {
  empty(page);
  expire(page);
  watch(page);
  if (!running(page)) return page.release();
  const lose = await release().then(
    (file) => file.written(page),
    () => true,
  );
  if (lose) {
    page.release();
    offer(page);
  } else go(page);
};

// Beside what is said already.
const offer = (page) => {
  page.kept = true;
  dress(page);
  if (!page.say.querySelector('[part=leave]'))
    say(page, ...[...page.say.childNodes].filter(({ localName }) => localName != 'button'));
};

// Put back in its place a frame begins anew, with nothing in it.
const empty = (page) => {
  let emptied;
  for (const frame of page.all('[data-category][src]:not(script)')) {
    if (page.allowed(frame.dataset.category)) continue;
    emptied = true;
    frame.dataset.src = frame.getAttribute('src');
    frame.removeAttribute('src');
    frame.replaceWith(frame);
  }
  if (emptied) frames(page);
};

let watched;

const watch = (page) => {
  if (watched) return;
  watched = true;
  const again = () => {
    expire(page);
    timer(again, 0.5);
  };
  again();
  try {
    window.addEventListener('pagehide', () => expire(page));
    cookieStore.addEventListener('change', () => expire(page));
  } catch {
    // Twice a second it is looked at all the same.
  }
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
  // A router of the page's own can keep it from going.
  timer(() => {
    page.sending = 0;
    offer(page);
  }, 10);
};

// --- continued use ---

// A small control is left of a notice that was seen; it brings the whole of it back.
export const control = (page, notice) => {
  if (page.answered()) return;
  dress(page);
  const [tag, attributes, [, , heading]] = notice;
  const open = ['button', { part: 'open', id: 'keuze-heading' }, heading[2]];
  page.show([tag, { ...attributes, part: 'control' }, ['div', 0, open]]);
  const button = page.shadow.querySelector('[part=open]');
  if (button) button.onclick = () => page.show(notice);
};

// Another page of ours was seen before this one, by a plain visit (R-2.5.2-1). The referrer stays here.
export const continued = (page) => {
  const from = element(page, 'a', '', { href: document.referrer });
  const { type, activationStart } = visit() ?? {};
  if (
    COUNTED > !!page.gpc &&
    from.origin == location.origin && from.pathname != location.pathname &&
    !NO_NOTICE.test(from.pathname) && !NO_NOTICE.test(location.pathname) &&
    type == 'navigate' && !document.prerendering && !activationStart
  ) {
    const headers = { 'Content-Type': 'application/json' };
    const body = `{"policy":"${page.POLICY}"}`;
    fetch('/keuze/api/v1/continued-use', { method: 'POST', keepalive: true, headers, body }).then(page.sync, page.sync);
  }
};

// --- the way back ---

// A small tab, where the page itself has no link to the settings that can be seen; gone once it has.
export const tab = (page) => {
  if (page.reopens() || page.shadow?.querySelector('#keuze-tab')) return;
  dress(page);
  const href = '/keuze/voorkeuren?lang=' + page.LANGUAGE;
  const onclick = (event) => {
    event.preventDefault();
    page.open();
  };
  const way = element(page, 'a', WORDS.settings, { id: 'keuze-tab', href, onclick });
  page.say.after(way);
  const again = () => (page.reopens() ? way.remove() : timer(again, 0.5));
  again();
};

// --- settings and frames ---

const release = () => import('/keuze/release.js');

export const near = async (page, value) => value == 'settings' && (await release()).near();

export const open = async (page, answers, before) => {
  const send = (control, purposes) => page.send(control, 'settings', purposes, before);
  await (await release()).open(page, answers, send);
};

export const frames = async (page) => (await release()).frames(page);

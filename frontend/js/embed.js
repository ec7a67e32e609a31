// The banner's first layer, and what every page needs of an answer: release, expiry, withdrawal.
//
// The server puts one policy, one language and one notice in place of __KEUZE__ (server/src/embed/script.rs). Nodes
// are built one by one: no HTML sink, so Trusted Types need no policy. Nothing is kept in web storage, and no cookie
// is written but a valueless probe that is gone in the same tick.
(() => {
  const [
    STYLE, NOTICE, SAVED, RECEIPT, CLOSE, FAILED, BLOCKED, POLICY, LANGUAGE, PREFIX, REVISION, COUNTED, PURPOSES, OTHERS,
    NO_NOTICE,
  ] = __KEUZE__;

  const root = document.documentElement;
  const other = root.lang.match(OTHERS);
  // A page in another of our languages gets that one instead. import() is no Trusted Types sink; script.src is.
  if (other) return import('/keuze/embed.js?lang=' + other[0]);

  const tall = matchMedia('(min-height:481px)');
  const optional = Object.keys(PURPOSES).filter((purpose) => PURPOSES[purpose] != 1);
  // An included section is window.keuze too, by its id.
  const first = !window.keuze?.on;
  const ran = new Set();
  const history = window.navigation;

  let answers, before, host, shadow, box, say, section, sending, releasing, back;

  const cookie = (name) => (document.cookie.match(`(^|; )${PREFIX}keuze${name}=([^;]*)`) || [])[2] || '';

  // Only answers to the present questions that still hold today; a cookie that can't be read counts as none.
  const read = () => {
    const today = new Date().toLocaleDateString('sv', { timeZone: 'Europe/Amsterdam' }).replace(/-/g, '');
    answers = {};
    for (const [, id, revision, answer, until] of cookie('').matchAll(/(\w+)\.(\d+)\.(\w)\.(\d+)/g))
      if (PURPOSES[id]?.[0] == revision && until >= today) answers[id] = answer;
  };

  const seen = () => cookie('_seen') == REVISION;

  // Default deny; an answer outranks what continued use unlocks, and that is only ever a low_impact purpose.
  const allowed = (id) => {
    const purpose = PURPOSES[id];
    if (purpose == 1) return true;
    if (!purpose) return false;
    if (answers[id]) return answers[id] == purpose[1];
    return purpose[2] > 0 && seen() && !refuses(purpose[2]);
  };

  // 2 stands for "unless the browser asks not to be tracked".
  const refuses = (rule) => rule > 1 && navigator.globalPrivacyControl == 1;

  const answered = () => optional.every((purpose) => answers[purpose]);

  const emit = (name) =>
    document.dispatchEvent(
      new CustomEvent('keuze:' + name, { detail: Object.fromEntries(optional.map((id) => [id, allowed(id)])) }),
    );

  // Expires registered cookies without a grant on every path and domain they can have been set for.
  const expire = () => {
    for (const pair of document.cookie.split('; ')) {
      const name = pair.split('=')[0];
      if (!optional.some((id) => !allowed(id) && RegExp(`^(${PURPOSES[id][3]})$`).test(name))) continue;
      for (let path = location.pathname; ; path = path.replace(/\/?[^/]*$/, '')) {
        for (let domain = location.hostname; ; domain = domain.replace(/^[^.]*\.?/, '')) {
          for (const end of ['', '/'])
            document.cookie = `${name}=;max-age=0;path=${path}${end};domain=${domain}`;
          if (!domain) break;
        }
        if (!path) break;
      }
    }
  };

  // Wakes withheld scripts and frames in their order, each once, each waiting for the one before it.
  const release = async () => {
    if (releasing) return;
    releasing = 1;
    for (let element; (element = withheld().find((e) => allowed(e.dataset.category))); ) {
      ran.add(element.dataset.category);
      if (element.dataset.src) {
        element.src = element.dataset.src;
        element.removeAttribute('data-src');
      } else {
        element.type = element.dataset.type || '';
        const done = element.src && new Promise((resolve) => (element.onload = element.onerror = resolve));
        // Text, src and nonce were set by the parser and stay trusted.
        element.replaceWith(element);
        await done;
      }
    }
    releasing = 0;
  };

  const stopped = () => [...ran].some((id) => !allowed(id));

  const withheld = () => [...document.querySelectorAll('[data-category]:is([type="text/plain"],[data-src])')];

  // Brings page and answers together: at every start, after every answer, and when another tab answered.
  const sync = () => {
    // The cookie can arrive before the answer that says where its receipt is.
    if (sending) return;
    read();
    const now = optional.filter(allowed);
    const lost = before?.some((id) => !allowed(id));
    if (before && before + '' != now) emit('change');
    if (lost) emit('withdraw');
    before = now;
    if (answered()) {
      section ||= included();
      hide();
    }
    expire();
    // What is still alive would write its cookies again. Asked for once: each such cookie would begin the reload anew.
    if (stopped()) location.reload((sending = 1));
    else release();
  };

  // --- what is shown ---

  const build = ([tag, attributes, ...children]) => {
    const element = document.createElement(tag);
    for (const name in attributes) element.setAttribute(name, attributes[name]);
    element.append(...children.map((child) => (child.map ? build(child) : child)));
    return element;
  };

  // Fixed and first in the tab order; static at the end on low viewports, once the end is known.
  const place = () => {
    if (host && (tall.matches || document.readyState != 'loading'))
      root.insertBefore(host, tall.matches ? document.body : null);
  };

  const mount = () => {
    if (host) return;
    const sheet = new CSSStyleSheet();
    const room = new CSSStyleSheet();
    host = document.createElement('keuze-banner');
    shadow = host.attachShadow({ mode: 'open' });
    sheet.replaceSync(STYLE);
    shadow.adoptedStyleSheets.push(sheet);
    document.adoptedStyleSheets.push(room);
    shadow.append((box = build(['div', { id: 'keuze-box' }, ['div', { id: 'keuze-say', role: 'status' }]])));
    say = box.firstChild;
    new ResizeObserver(() => {
      const height = tall.matches ? box.offsetHeight : 0;
      room.replaceSync(`html{scroll-padding-bottom:${height}px}html::after{content:"";display:block;height:${height}px}`);
    }).observe(box);
    tall.onchange = place;
    box.onclick = act;
    box.onpointerover = nearing;
    box.addEventListener('focusin', nearing);
    place();
  };

  const included = () => document.getElementById('keuze');

  // The whole notice, or once it was seen a small control with its heading. One that the server included is taken over.
  const show = (whole) => {
    mount();
    const found = included();
    if (section != found) hide();
    section = found;
    if (found) found.onclick = act;
    else
      box.append(
        (section = build(
          whole
            ? NOTICE
            : ['section', { ...NOTICE[1], part: 'control' }, ['div', 0, ['button', { part: 'open', value: 'show', id: 'keuze-heading' }, NOTICE[2][2][2]]]],
        )),
      );
  };

  const hide = () => {
    leave(section);
    section?.remove();
    section = null;
  };

  const message = (...nodes) => {
    mount();
    leave(say);
    if (nodes[0]) nodes.push(build(['button', { value: 'close' }, CLOSE]));
    say.replaceChildren(...nodes);
  };

  const receipt = ([number, url]) => message(SAVED + number + '. ', build(['a', { href: url }, RECEIPT]));

  // Focus that would fall to the body goes back to where it came from, else to the page's content.
  const leave = (part) => {
    if (!part || !part.contains(part.getRootNode().activeElement)) return;
    const target = back?.isConnected ? back : document.querySelector('main,h1') || document.body;
    if (target.tabIndex < 0) target.tabIndex = -1;
    target.focus({ preventScroll: true });
  };

  // --- what is done ---

  const act = (event) => {
    const value = event.target.value;
    if (!value) return;
    event.preventDefault();
    if (value == 'settings') open();
    else if (value == 'close') message();
    else if (value == 'show') show(1);
    else send(value, 'banner');
  };

  // What the next page must know of this one: nothing is stored, it goes with the entry in the session's history.
  const remember = (keuze) =>
    history?.updateCurrentEntry({ state: { ...history.currentEntry.getState(), keuze } });

  const post = (path, body) =>
    fetch('/keuze/api/v1/' + path, {
      method: 'POST',
      keepalive: true,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ policy: POLICY, language: LANGUAGE, ...body }),
    });

  const all = (yes) => Object.fromEntries(optional.map((id) => [id, yes]));

  const send = async (control, surface, purposes = all(control == 'accept_all')) => {
    if (sending) return;
    let reload;
    remember((sending = 1));
    try {
      const response = await post('choices', { control, purposes, surface });
      const body = await response.json();
      if (!response.ok && response.status != 409) throw 0;
      read();
      if (!response.ok || body.ask_again[0]) {
        // A question changed while this page was open: ask the present one.
        host?.remove();
        import(`/keuze/embed.js?lang=${LANGUAGE}&after=${POLICY}`);
      } else if (cookie('')) {
        const stored = [body.receipt, body.receipt_url];
        receipt(stored);
        reload = stopped() && stored;
        emit('choice');
      } else message(BLOCKED);
    } catch {
      message(FAILED);
    }
    sending = 0;
    remember(reload);
    sync();
  };

  const later = () => import('/keuze/release.js');

  const nearing = (event) => event.target.value == 'settings' && later().then((module) => module.near());

  const open = async () => {
    try {
      mount();
      await (await later()).open(shadow, LANGUAGE, answers, send, POLICY);
    } catch {
      location = '/keuze/voorkeuren?lang=' + LANGUAGE;
    }
  };

  const withdraw = () => send('refuse_all');

  // Another page of ours was seen before this one, by a plain visit (requirements 2.5.2). The referrer stays here.
  const continued = () => {
    const visit = performance.getEntriesByType('navigation')[0];
    const from = document.referrer && new URL(document.referrer);
    if (
      COUNTED && !refuses(COUNTED) &&
      from.origin == location.origin && from.pathname != location.pathname &&
      !NO_NOTICE.test(from.pathname) && !NO_NOTICE.test(location.pathname) &&
      visit.type == 'navigate' && !document.prerendering && !visit.activationStart
    ) post('continued-use').then(sync, sync);
  };

  const ask = () => {
    if (answered()) return;
    document.cookie = 'keuze_probe=';
    const works = /keuze_probe/.test(document.cookie);
    document.cookie = 'keuze_probe=;max-age=0';
    if (!works) return message(BLOCKED);
    show(!seen());
    if (!seen()) continued();
  };

  window.keuze = {
    on: (name, f) => document.addEventListener('keuze:' + name, (event) => f(event.detail)),
    allowed,
    open,
    withdraw,
  };

  sync();
  const left = history?.currentEntry.getState()?.keuze || history?.activation?.from?.getState()?.keuze;
  remember();
  if (left?.[0]) receipt(left);
  // A choice still under way from the page before is not asked again; its cookie arrives by itself.
  if (left == 1) setTimeout(ask, 8000);
  else ask();

  if (first) {
    const parsed = () => {
      // Moving it again would swallow a press that is under way.
      host?.isConnected || place();
      if (section && included()) show();
      release();
      if (withheld().some((element) => element.dataset.src)) later().then((module) => module.frames(LANGUAGE, send, POLICY));
    };
    // An async script can come after the event.
    if (document.readyState == 'loading') addEventListener('DOMContentLoaded', parsed);
    else parsed();
    addEventListener('pageshow', sync);
    window.cookieStore?.addEventListener('change', sync);
    document.addEventListener('click', (event) => {
      const link = event.target.closest(
        'a[href*="/keuze/voorkeuren"],[data-keuze=withdraw] button,button[data-keuze=withdraw]',
      );
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      back = link;
      link.href ? keuze.open() : keuze.withdraw();
    });
  }
})();

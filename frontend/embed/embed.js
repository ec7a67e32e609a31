// The banner's first layer, and what every page needs of an answer: what is allowed, and its release. What only later
// moments need (after a press, a withdrawal, settings, frames) is in later.js.
//
// The server puts one policy, one language and one notice in place of __KEUZE__ (server/web/src/embed/script.rs). Nodes
// are built one by one: no HTML sink, so Trusted Types need no policy. Nothing is kept in web storage, and no cookie
// is written but a valueless probe.
//
// A page's own variables and ids can stand where the browser's would. So `window.` stands before those that a page
// is known to replace (a page's `const` hides the bare name only), what is a comfort is tried, and of Object, Promise, Set,
// URL, RegExp and CustomEvent nothing is used. The name of a form or picture hides what `document` has of that name: `super`
// is what the browser gave it, whatever the page's elements are called.
({
  __proto__: {}.constructor.getPrototypeOf(document),
  run() {
    const [STYLE, NOTICE, UNKNOWN, BUILD, POLICY, LANGUAGE, PREFIX, REVISION, PURPOSES, optional, SIGNAL, OTHERS] =
      __KEUZE__;

    // An optional comfort never stops the question.
    const comfort = (attempt) => {
      try {
        return attempt();
      } catch {}
    };

    // As it came with the request for this file, or as the browser tells the page.
    const gpc = SIGNAL || window.navigator?.globalPrivacyControl;

    const root = super.documentElement;
    const other = root.lang.match(OTHERS);
    // A page in another of our languages gets that one instead. import() is no Trusted Types sink; script.src is.
    if (other) return import('/keuze/embed.js?lang=' + other[0]);

    const tall = comfort(() => window.matchMedia('(min-height:481px)'));
    const fixed = () => tall?.matches ?? true;
    // Later in the alphabet than whatever comes after 'loading'.
    const loading = () => super.readyState > 'k';

    // Of two tags on a page the first one asks; one that is at its end (1) leaves its place to the next.
    const earlier = root.keuze;
    if (earlier && earlier.sending != 1) return earlier.sync();
    const { ran = [], typed = [] } = earlier || {};

    let answers, before, host, shadow, box, section, busy;
    let tries = '';

    // Some browsers remember that a file did not come.
    const later = (name, ...rest) =>
      import(`/keuze/later.js?lang=${LANGUAGE}${tries}`).then(
        (file) => file[name](page, ...rest),
        (fault) => {
          tries += '&';
          throw fault;
        },
      );

    const soon = (...moment) => later(...moment).catch(() => comfort(() => setTimeout(soon, 5000, ...moment)));

    const jar = (line) => (line ? (super.cookie = line) : super.cookie);

    const probe = (age) => jar('keuze_probe=;path=/;max-age=' + age);
    const probed = () => super.cookie.match('keuze_probe');

    // Of several that differ nobody knows which one is ours: joined so that they cannot be read.
    const cookie = (name, all = '') => {
      for (const [, , value] of super.cookie.matchAll(`(^|; )${PREFIX}keuze${name}=([^;]+)`))
        all = all && all != value ? all + '~~' + value : value;
      return all;
    };

    // What holds for each optional purpose, as app/model/src/device.rs decides it from the same cookies: g, r, n and o as
    // answered, c for continued use. A cookie that cannot be read answers nothing and starts nothing.
    const read = () => {
      // A file that is made is of now, where the page has a Date of its own.
      const now = ((comfort(() => +Date.now()) || new File([], 0).lastModified) + page.ahead) / 1000;
      let unreadable;
      answers = { __proto__: null };
      for (const entry of cookie('') && cookie('').split('~')) {
        const [, id, revision, answer, until] =
          entry.match(/^(\w+)\.(\d+)\.(o|[grn](?=\.\d{10}$))(?:\.(\d+))?$/) || [];
        const left = until - now;
        // It holds to the end of its last second. What ends later than a cookie can live was not written by us.
        unreadable ||= !id || id in answers || left > 4e7;
        answers[id] =
          answer == 'o' || (left > -1 && PURPOSES[id]?.[0] == revision && PURPOSES[id][1].includes(answer)) ? answer : 0;
      }
      // The third of a purpose is 0 for never, 1 for not where the browser asks not to be tracked, 2 for always.
      for (const id of optional)
        answers[id] =
          !unreadable && (answers[id] ?? (seen() && PURPOSES[id][2] > !!gpc && 'c'));
    };

    const seen = () => cookie('_seen') == REVISION;

    // Default deny.
    const allowed = (id) => 'gnc'.includes(answers[id]) || PURPOSES[id] == 1;

    const answered = () => optional.every((id) => 'grno'.includes(answers[id]));

    const each = (say) => {
      const said = {};
      for (const id of optional) said[id] = say(id);
      return said;
    };

    const emit = (name) => {
      const event = super.createEvent('CustomEvent');
      event.initCustomEvent('keuze:' + name, 0, 0, each(allowed));
      super.dispatchEvent(event);
    };

    // Registered cookies without a grant, of which later.js makes an end.
    const left = () =>
      optional.some((id) => !allowed(id) && super.cookie.match(`(^|; )(${PURPOSES[id][3]})=`));

    const all = (selector) => [...super.querySelectorAll(selector)];

    // Wakes withheld scripts and frames in their order, each once, each waiting for the one before it.
    const release = () => {
      const withheld = '[data-category]:is([type="text/plain"],[data-src])';
      for (let element; !busy && (element = all(withheld).find((e) => allowed(e.dataset.category))); ) {
        if (element.dataset.src) {
          element.src = element.dataset.src;
          element.removeAttribute('data-src');
        } else {
          ran.push(element.dataset.category);
          element.type = element.dataset.type || '';
          if ((busy = element.src))
            for (const name of ['load', 'error'])
              element.addEventListener(name, () => {
                busy = 0;
                release();
              });
          // Text, src and nonce were set by the parser and stay trusted.
          element.replaceWith(element);
        }
      }
    };

    // Brings page and answers together: at every start, after every answer, and when another tab answered.
    const sync = () => {
      // Put back where a page took it away. Moving it again would swallow a press that is under way.
      host?.isConnected || place();
      // The cookie can arrive before the answer that says where its receipt is.
      if (page.sending) return;
      read();
      const now = optional.filter(allowed);
      const lost = before?.some((id) => !allowed(id));
      const changed = before && before + '' != now;
      before = now;
      // A page is told first, so that it can stop by itself what it started.
      if (lost) emit('withdraw');
      if (changed) emit('change');
      if (answered()) {
        section ||= included();
        hide();
        // The way back that is ours stands as long as the page has none that can be seen.
        if (!loading() && !page.reopens()) soon('tab');
      }
      if (lost) soon('stop');
      else {
        if (left()) soon('expire');
        release();
      }
    };

    // --- what is shown ---

    const build = ([tag, attributes, ...children]) => {
      const element = super.createElement(tag);
      for (const name in attributes) element.setAttribute(name, attributes[name]);
      for (const child of children) element.append(child.map ? build(child) : child);
      return element;
    };

    const style = (css, where) => {
      const sheet = new window.CSSStyleSheet();
      sheet.replaceSync(css);
      where.adoptedStyleSheets.push(sheet);
      return sheet;
    };

    // Fixed and first in the tab order; static at the end on low viewports, once the end is known.
    const place = () => {
      if (host && (fixed() || !loading())) root.insertBefore(host, fixed() ? super.body : null);
    };
    comfort(() => (tall.onchange = place));

    const mount = () => {
      if (host) return;
      page.host = host = build(['keuze-banner']);
      page.shadow = shadow = host.attachShadow?.({ mode: 'open' }) || host;
      page.say = build(['div', { id: 'keuze-say', role: 'status' }]);
      shadow.append((box = build(['div', { id: 'keuze-box' }, page.say])));
      comfort(() => style(STYLE, shadow)) ||
        shadow.append(build(['link', { rel: 'stylesheet', href: '/keuze/banner.css' }]));
      comfort(() => {
        const room = style('', document);
        new window.ResizeObserver(() => {
          const height = fixed() ? box.offsetHeight : 0;
          room.replaceSync(`html{scroll-padding-bottom:${height}px}html:after{content:"";display:block;height:${height}px}`);
        }).observe(box);
      });
      box.onclick = act;
      box.onpointerover = nearing;
      place();
    };

    // A page can have an element of that id that is not ours.
    const included = () => super.querySelector('#keuze[part=banner]');

    // One that the server included is taken over.
    const show = (notice) => {
      mount();
      const found = included();
      if (section != found) hide();
      section = found;
      if (found) found.onclick = act;
      else box.append((section = build(notice)));
    };

    const hide = () => {
      if (section?.matches(':focus-within')) soon('leave');
      section?.remove();
      section = 0;
    };

    // --- what is done ---

    const act = (event) => {
      const value = event.target.value;
      if (!value) return;
      event.preventDefault();
      if (value == 'settings') open();
      else send(value, 'banner');
    };

    const nearing = (event) => event.target.value && later('near', event.target.value).catch(() => {});

    // The press itself goes out in its own tick; whoever leaves the page now has answered all the same. `before` is what the
    // device said when it was shown what it can answer: a yes is taken only as long as it still says so.
    const send = (control, surface, purposes = each(() => control == 'accept_all'), before = cookie('')) => {
      const headers = { 'Content-Type': 'application/json' };
      const variant = included() ? 'included' : fixed() ? 'fixed' : 'static';
      const press = { control, purposes, surface, before, variant, policy: POLICY, language: LANGUAGE, build: BUILD };
      // Where the page has a JSON, or a source of chance, of its own, later.js sees to it: nobody else's key may be the same.
      const body = comfort(() => {
        headers['Idempotency-Key'] = window.Crypto.prototype.getRandomValues.call(window.crypto, new Uint32Array(4)).join('-');
        return window.JSON.stringify(press);
      });
      const request = ['/keuze/api/v1/choices', { method: 'POST', keepalive: true, headers, body }];
      request.press = press;
      if (page.sending == 1 || page.sending?.[1]?.body == (body || 0)) return;
      page.sending = request;
      const first = (async () => body && window.fetch(...request))().catch(() => {});
      later('answer', request, first).catch(() => {
        mount();
        page.say.textContent = UNKNOWN;
        soon('answer', request, first);
      });
    };

    const open = () => {
      mount();
      later('open', answers, cookie('')).catch(() => (location = '/keuze/voorkeuren?lang=' + LANGUAGE));
    };

    const withdraw = () => send('refuse_all');

    const ours = (link) => link.host + link.pathname == location.host + '/keuze/voorkeuren';

    const ask = () => {
      if (answered()) return;
      // Whether an answer has ended is for the server's clock to say: this one may be days or years off.
      if (cookie('') && !page.ahead++) return later('clock').then(ask, ask);
      probe(9);
      if (!probed()) return soon('blocked');
      probe(0);
      // Once it was seen a small control is left of it.
      if (seen()) return soon('control', NOTICE);
      show(NOTICE);
      if (super.referrer) soon('continued');
    };

    const page = {
      ahead: 0, gpc, POLICY, LANGUAGE, optional, ran, typed, cookie, allowed, answered, emit, release, sync, style, mount, show, all,
      jar, build, send, open, withdraw,
      reopens: () => all('a').some((link) => ours(link) && link.getClientRects()[0]),
      on: (name, f) => {
        super.addEventListener('keuze:' + name, (event) => f(event.detail));
        // Whoever asks later than that is told at once.
        if (name == 'ready') f(each(allowed));
      },
    };

    root.keuze = page;
    // A page's own variable of that name stays as it is; an included section is window.keuze too, by its id.
    const own = window.keuze;
    comfort(() => {
      if (!own || own.nodeType || own.allowed || own.q) window.keuze = { on: page.on, allowed, open, withdraw };
    });

    sync();
    if (!earlier) emit('ready');
    // What a page asked before this file came (docs/embedding.md).
    comfort(() => own.q.map((call) => comfort(() => page.on(...call))));
    // What a page that went at a withdrawal had to say.
    comfort(() => soon('told', ...window.navigation.activation.from.getState().keuze));
    // A choice still under way from the page before is not asked again; its cookie arrives by itself.
    if (!probed() || !comfort(() => setTimeout(ask, 8000))) ask();

    if (!earlier) {
      const parsed = () => {
        if (section && included()) show(NOTICE);
        root.keuze.sync();
        if (all('[data-category][data-src]')[0]) soon('frames');
      };
      // The cookie of a press that another one followed is not the last word.
      const again = () => root.keuze.overtaken || root.keuze.sync();
      // An async script can come after the event.
      if (loading()) super.addEventListener('DOMContentLoaded', parsed);
      else parsed();
      super.addEventListener('input', (event) => typed.includes(event.target) || typed.push(event.target), true);
      super.addEventListener('click', (event) => {
        const link = event.target.closest?.(
          'a,[data-keuze=withdraw] button,button[data-keuze=withdraw]',
        );
        if (!link || event.ctrlKey || event.metaKey || event.shiftKey || (link.href && (link.target || !ours(link)))) return;
        event.preventDefault();
        root.keuze.back = link;
        root.keuze[link.href ? 'open' : 'withdraw']();
      });
      [
        // The next page does not ask what is under way.
        () => window.addEventListener('pagehide', () => root.keuze.sending?.[1] && !root.keuze.idle && probe(8)),
        () => window.cookieStore.addEventListener('change', again),
        () => setInterval(again, 1000),
      ].map(comfort);
    }
  },
}).run.call(document);

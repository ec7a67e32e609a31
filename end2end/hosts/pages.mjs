/**
 * The invented host pages that the banner is tried on. Each has a strict Content-Security-Policy of its own; a page's
 * query asks for a stricter one: `?csp=trusted` requires Trusted Types and allows no policy, `?csp=no-wasm` withholds
 * 'wasm-unsafe-eval', `?own=` is a script of the page's own before the tag, `?csp=inline` allows inline scripts and a video site, `?referrer=none` sends `no-referrer`.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { ASSETS } from './assets.mjs';

/** The address of the embed as docs/embedding.md recommends it. */
const EMBED = '/keuze/embed.js';

const NAV = `<nav aria-label="Hoofdmenu"><ul>
<li><a href="/">Start</a></li><li><a href="/tweede">Tarieven</a></li>
<li><a href="/privacy">Privacyverklaring</a></li><li><a href="/leesbaar">Lange pagina</a></li>
<li><a href="/ingehouden">Video</a></li>
</ul></nav>`;

const FOOTER = `<footer><ul>
<li><a id="preferences" href="/keuze/voorkeuren">Cookie-instellingen</a></li>
<li><a href="/keuze/cookies">Welke cookies</a></li>
</ul>
<form method="post" action="/keuze/choices" data-keuze="withdraw"><button name="control" value="refuse_all">Alles intrekken</button></form>
</footer>`;

const paragraphs = (count) =>
  Array.from({ length: count }, (_, n) => `<p>Alinea ${n + 1} gaat over bellen. <a href="/tweede?alinea=${n + 1}">Lees verder over ${n + 1}</a></p>`);

/** Withheld elements of three purposes. The inline script needs what the slow file before it defines. */
const withheld = (nonce) => `
<script type="text/plain" data-category="marketing" src="/withheld/slow.js?ms=700"></script>
<script type="text/plain" data-category="marketing" nonce="${nonce}">(window.ran ??= []).push('inline:' + window.slow);</script>
<script type="text/plain" data-category="marketing" src="/withheld/vendor.js"></script>
<script type="text/plain" data-category="statistics" src="/withheld/statistics.js"></script>
<iframe data-category="third_party_embeds" data-src="/frame.html" title="Video over bellen" width="320" height="180"></iframe>`;

/** Every piece of HTML that docs/embedding.md gives to be put into a page, as it stands there and in its order. */
const RECIPE = [...readFileSync(new URL('../../docs/embedding.md', import.meta.url), 'utf8').matchAll(/```html\n([^]*?)```/g)];

/** What each path shows: `main` (text, or pieces with pauses in ms between them) and how the page differs from plain. */
const PAGES = {
  '/': { title: 'Voipro', main: () => '<p>Bellen over internet, voor thuis en op de zaak.</p>' },
  '/tweede': { title: 'Tarieven', main: () => '<p>Wat het kost.</p>' },
  '/privacy': { title: 'Privacyverklaring', main: () => '<p>Hoe wij met gegevens omgaan.</p>' },
  '/verkeerde-taal': { title: 'Wrong tag', lang: 'en', tag: 'nl', main: () => '<p>The tag names another language.</p>' },
  '/english': { title: 'Rates', lang: 'en', main: () => '<p>What it costs.</p>' },
  '/leesbaar': {
    title: 'Lange pagina',
    skipLink: true,
    main: () => `${paragraphs(14).join('')}<iframe src="/frame.html" title="Kaart" width="300" height="150"></iframe>${paragraphs(14).join('')}`,
  },
  '/vijandig': { title: 'Vijandige stijl', styles: ['/site.css', '/hostile.css'], main: () => paragraphs(3).join('') },
  '/ingehouden': { title: 'Video', main: (nonce) => withheld(nonce) },
  // The answer to an order, which must not be sent again, with fields for the next one.
  '/order': {
    title: 'Bestelling',
    main: (nonce) => `<p>Bedankt.</p><form method="post" action="/order" data-order><label>Naam <input id="naam"></label>
<label>Toelichting <textarea id="toelichting"></textarea></label><label>Akkoord <input id="akkoord" type="checkbox"></label>
<label>Soort <select id="soort"><option>Thuis</option><option>Zaak</option></select></label>
<div id="vrij" contenteditable="true" role="textbox" aria-label="Vrij"></div><button id="bestel">Bestellen</button></form>${withheld(nonce)}`,
  },
  '/zonder-link': { title: 'Zonder link', footer: '', main: () => '<p>Nergens een weg terug.</p>' },
  '/anderstalig': { title: 'Tarifs', lang: 'fr', main: () => '<p>Ce que cela coûte.</p>' },
  '/eigen-namen': {
    title: 'Eigen namen',
    main: (nonce, query) => (query.get('ids') ?? '').split(',').map((id) => `<b id="${id}">${id}</b>`).join(' ') + withheld(nonce),
  },
  // Elements whose names hide what the document has, before the tag or well after it.
  '/verborgen': {
    title: 'Verborgen',
    embed: false,
    main: (nonce, query) => {
      const tag = `<script src="${EMBED}?lang=nl"></script>${withheld(nonce)}`;
      const elements = query.get('hide');
      return query.get('when') === 'before' ? elements + tag : [tag, 500, elements];
    },
  },
  '/twee-tags': {
    title: 'Twee tags',
    main: () => `<script src="${EMBED}?lang=nl&2"></script>`,
  },
  '/recept': { title: 'Recept', embed: false, footer: '', main: () => RECIPE.map(([, piece]) => piece).join('') },
  '/laat': { title: 'Langzame pagina', main: (nonce) => ['<p>Het begin.</p>', 900, withheld(nonce)] },
  '/met-fragment': { title: 'Met fragment', fragment: true, main: () => '<p>De vraag stond al in de pagina.</p>' },
  '/zonder-script': { title: 'Zonder script', fragment: true, embed: false, main: () => '<p>Geen script.</p>' },
};

function policy(kind, nonce) {
  const wasm = kind === 'no-wasm' ? '' : " 'wasm-unsafe-eval'";
  const inline = kind === 'inline' ? "'unsafe-inline'" : `'nonce-${nonce}'`;
  const frames = kind === 'inline' ? 'https://video.example' : "'self'";
  const rules = ["default-src 'none'", `script-src 'self' ${inline}${wasm}`, "style-src 'self'", "img-src 'self'"];
  rules.push("connect-src 'self'", `frame-src ${frames}`, "form-action 'self'", "base-uri 'none'");
  if (kind === 'trusted') rules.push("require-trusted-types-for 'script'", "trusted-types 'none'");
  return rules.join('; ');
}

function headers(query, nonce) {
  const kept = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };
  kept['content-security-policy'] = policy(query.get('csp'), nonce);
  if (query.get('referrer') === 'none') kept['referrer-policy'] = 'no-referrer';
  return kept;
}

function head(page, lang, own, nonce) {
  const styles = (page.styles ?? ['/site.css']).map((href) => `<link rel="stylesheet" href="${href}">`).join('');
  const before = own ? `<script nonce="${nonce}">${own}</script>` : '';
  const embed = page.embed === false ? '' : `<script src="${EMBED}?lang=${page.tag ?? lang}" async></script>`;
  return `<!doctype html><html lang="${lang}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${page.title}</title>${styles}${before}${embed}</head><body>`;
}

/** Writes the page piece by piece, so that a browser parses its end later than its beginning. */
async function write(response, pieces) {
  for (const piece of pieces) {
    if (typeof piece === 'number') await sleep(piece);
    else response.write(piece);
  }
  response.end();
}

/** The beginning of a body: a skip link stays first, the included notice stands before the page's own navigation. */
async function top(page, lang, url, fragment) {
  const skip = page.skipLink ? '<a class="skip" href="#inhoud">Naar de inhoud</a>' : '';
  const notice = page.fragment ? await fragment({ lang, return: url.pathname + url.search }) : '';
  return `${skip}${notice}<header>${NAV}</header><main id="inhoud"><h1>${page.title}</h1>`;
}

/**
 * Answers a request for a host page or one of its files; `fragment(query)` fetches the server-side include.
 * Resolves with the status.
 */
export async function respond(request, response, fragment) {
  const url = new URL(request.url, 'https://host.invalid');
  const asset = ASSETS[url.pathname];
  if (asset) {
    await sleep(Math.min(Number(url.searchParams.get('ms') ?? 0), 3000));
    response.writeHead(200, { 'content-type': asset.type, 'cache-control': 'no-store' }).end(asset.body);
    return 200;
  }
  const page = PAGES[url.pathname];
  if (!page) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('no such host page');
    return 404;
  }
  const [nonce, lang] = [randomUUID(), page.lang ?? 'nl'];
  const start = head(page, lang, url.searchParams.get('own'), nonce) + (await top(page, lang, url, fragment));
  response.writeHead(200, headers(url.searchParams, nonce));
  await write(response, [start, ...[page.main(nonce, url.searchParams)].flat(), `</main>${page.footer ?? FOOTER}</body></html>`]);
  return 200;
}

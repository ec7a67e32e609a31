/** The files of the host pages: styles, and the scripts and the frame that a page withholds until they are granted. */

const site = `
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; font: 1rem/1.5 sans-serif; color: #222; background: #fff; }
main { flex: 1; padding: 1rem; }
header, footer { padding: 0.5rem 1rem; background: #eee; }
ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; margin: 0; padding: 0; list-style: none; }
a { color: #00408a; display: inline-block; padding-block: 4px; }
[hidden] { display: none; }
footer button { min-height: 24px; font: inherit; }
iframe { max-width: 100%; border: 1px solid #666; }
.skip { position: absolute; inset-inline-start: -999px; }
.skip:focus { position: static; }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #111; } header, footer { background: #222; } a { color: #9cf; } }
`;

/** Everything a careless host does to every element of the page. */
const hostile = `
html { font-size: 62.5%; }
* { all: unset; color: #f0f !important; font: italic 9px/1 fantasy !important; letter-spacing: 4px !important; }
button, h2, p, section { display: none !important; }
:host, keuze-banner * { visibility: hidden; }
`;

const note = (name) => `(window.ran ??= []).push('${name}');`;

/** A marketing vendor's script: one cookie for the host, one for the whole domain, written again and again. */
const vendor = `${note('vendor')}
const write = () => {
  document.cookie = '_gcl_au=1.1.1; path=/; secure';
  document.cookie = '_fbp=fb.1.1; path=/; domain=voipro.nl; secure';
};
write();
setInterval(write, 40);
addEventListener('pagehide', write);
addEventListener('beforeunload', write);`;

const frame = `<!doctype html><html lang="nl"><title>Video</title><h1>Video</h1><p><a href="/frame.html?2">Speel af</a></p></html>`;

const script = (body) => ({ type: 'text/javascript', body });
const style = (body) => ({ type: 'text/css', body });

/** Path → media type and content. */
export const ASSETS = {
  '/site.css': style(site),
  '/hostile.css': style(hostile),
  '/groot.css': style('html { font-size: 32px; }'),
  '/withheld/slow.js': script(`window.slow = 'ready'; ${note('slow')}`),
  '/withheld/vendor.js': script(vendor),
  '/withheld/statistics.js': script(note('statistics')),
  '/js/ads.js': script(note('ads')),
  '/frame.html': { type: 'text/html; charset=utf-8', body: frame },
  '/favicon.ico': { type: 'image/x-icon', body: '' },
};

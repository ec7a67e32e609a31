/**
 * The site in front of Keuze: an HTTPS reverse proxy that serves the host pages of hosts/pages.mjs and forwards
 * `/keuze/` to the server, as production does. So origins, Secure cookies and `__Host-` prefixes are the real ones:
 * the browser believes that it talks to https://www.voipro.nl (see `--host-resolver-rules` in support/test.mjs).
 *
 * Two request headers, which a test sets for its own browser context and which are never forwarded, steer it:
 * `x-e2e-visitor: <id>` notes every request of that visitor, to be read at the control address, and
 * `x-e2e-rule: delay <path> <ms>` or `cut <path>` holds a request back before it reaches the server, or cuts it off, and
 * `lose <path>` lets the server answer, and cuts off that.
 */
import { execFile } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { respond } from './hosts/pages.mjs';

/** The host name that the pages are served for. */
export const HOST = 'www.voipro.nl';

/** A certificate of our own for {@link HOST}, valid for a day. */
async function selfSigned() {
  const folder = await mkdtemp(path.join(tmpdir(), 'keuze-e2e-tls-'));
  const [keyFile, certFile] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  args.push('-subj', `/CN=${HOST}`, '-addext', `subjectAltName=DNS:${HOST}`, '-keyout', keyFile, '-out', certFile);
  await promisify(execFile)('openssl', args);
  const [key, cert] = await Promise.all([readFile(keyFile), readFile(certFile)]);
  await rm(folder, { recursive: true });
  return { key, cert };
}

/** How Chromium names a key that it shall trust: SHA-256 of the public key's SPKI, base64. */
function keyHash(cert) {
  const spki = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('base64');
}

/** Request headers without what steers the proxy, with what a proxy adds. */
function forwarded(headers) {
  const kept = Object.entries(headers).filter(([name]) => !name.startsWith('x-e2e-'));
  return { ...Object.fromEntries(kept), 'x-forwarded-for': '192.0.2.7', 'x-forwarded-proto': 'https' };
}

/** One request to the server behind. */
function ask(upstream, { method = 'GET', url, headers, body }) {
  return new Promise((resolve, reject) => {
    const request = http.request(new URL(url, upstream), { method, headers, agent }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) }));
      answer.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

const agent = new http.Agent({ keepAlive: true });

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Carries out the `x-e2e-rule` of a request; true when the request ends here. */
async function obstruct(request, pathname) {
  const [act, where, ms] = (request.headers['x-e2e-rule'] ?? '').split(' ');
  if (where !== pathname) return false;
  if (act === 'delay') await sleep(Number(ms));
  if (act === 'cut') request.socket.destroy();
  return act === 'cut';
}

/** Forwards one request to the server; resolves with the status. */
async function forward(upstream, request, response) {
  const { method, url } = request;
  const answer = await ask(upstream, { method, url, headers: forwarded(request.headers), body: await bodyOf(request) });
  if (request.headers['x-e2e-rule'] === `lose ${new URL(url, upstream).pathname}`) {
    request.socket.destroy();
    return answer.status;
  }
  const { connection: _hop, 'transfer-encoding': _coding, ...headers } = answer.headers;
  response.writeHead(answer.status, headers);
  response.end(answer.body);
  return answer.status;
}

/** The server-side include of a host page: the fragment for this visitor, with their cookies and their language. */
function fragmentFor(upstream, request) {
  return async (query) => {
    const headers = { ...forwarded(request.headers), 'accept-encoding': 'identity' };
    const answer = await ask(upstream, { url: `/keuze/fragment?${new URLSearchParams(query)}`, headers });
    if (answer.status !== 200) throw new Error(`/keuze/fragment answered ${answer.status}`);
    return answer.body.toString();
  };
}

/** The notes on what each visitor's browser asked for. */
class Notes {
  #byVisitor = new Map();

  add(visitor, note) {
    if (!visitor) return;
    const notes = this.#byVisitor.get(visitor) ?? [];
    notes.push(note);
    this.#byVisitor.set(visitor, notes);
  }

  of(visitor) {
    return this.#byVisitor.get(visitor) ?? [];
  }
}

/**
 * Starts the proxy before `upstream` (an origin), on free ports of 127.0.0.1. `control` is an origin where
 * `GET /<visitor>` gives the notes on that visitor: method, path, status, cookies sent.
 */
export async function startProxy(upstream) {
  const tls = await selfSigned();
  const notes = new Notes();
  const server = https.createServer(tls, async (request, response) => {
    const { pathname } = new URL(request.url, `https://${HOST}`);
    const note = { method: request.method, path: pathname, cookie: request.headers.cookie ?? '', status: 0 };
    notes.add(request.headers['x-e2e-visitor'], note);
    try {
      if (await obstruct(request, pathname)) return;
      note.status = pathname.startsWith('/keuze/')
        ? await forward(upstream, request, response)
        : await respond(request, response, fragmentFor(upstream, request));
    } catch (error) {
      note.status = 502;
      response.writeHead(502, { 'content-type': 'text/plain' }).end(String(error));
    }
  });
  const control = http.createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(notes.of(request.url.slice(1))));
  });
  for (const listener of [server, control]) {
    await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve));
  }
  return {
    port: server.address().port,
    control: `http://127.0.0.1:${control.address().port}`,
    keyHash: keyHash(tls.cert),
    close() {
      agent.destroy();
      for (const listener of [server, control]) listener.closeAllConnections();
      return Promise.all([server, control].map((listener) => new Promise((resolve) => listener.close(resolve))));
    },
  };
}

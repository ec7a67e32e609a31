import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = path.dirname(fileURLToPath(import.meta.url));

/** The binary under test: `KEUZE_BIN`, else the one of the development profile. */
function binary() {
  const file = path.resolve(process.env.KEUZE_BIN ?? path.join(here, '../../target/debug/keuze'));
  if (!existsSync(file)) throw new Error(`${file} is missing: build it with \`cargo build -p server\`, or set KEUZE_BIN`);
  return file;
}

/** The shipped example's configuration, as `keuze check --example` prints it. */
export async function example() {
  const { stdout } = await run(binary(), ['check', '--example']);
  return stdout;
}

/** The example after these changes, each `[from, to]`. */
async function changed(changes) {
  let text = await example();
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`the example has no ${from}`);
    text = text.replace(from, to);
  }
  return text;
}

/** A running `keuze demo` on a directory of its own. */
export class KeuzeServer {
  /** Starts the demo, with these changes to its configuration, and waits until it listens (at most 30 s). */
  static async start(changes = []) {
    const folder = await mkdtemp(path.join(tmpdir(), 'keuze-e2e-'));
    const server = new KeuzeServer(folder);
    if (changes.length) {
      server.config = path.join(folder, 'keuze.toml');
      await writeFile(server.config, await changed(changes));
    }
    await server.#spawn();
    return server;
  }

  constructor(folder) {
    this.folder = folder;
    this.data = path.join(folder, 'data');
    this.output = '';
  }

  async #spawn() {
    // Rate limits count by client address, and here every visitor is 127.0.0.1.
    const env = { ...process.env, KEUZE_RATE_LIMITS: 'off' };
    const config = this.config ? ['--config', this.config] : [];
    const options = [...config, '--data', this.data, '--listen', '127.0.0.1:0'];
    this.process = spawn(binary(), ['demo', ...options], { env, cwd: this.folder });
    this.process.stdout.on('data', (chunk) => (this.output += chunk));
    this.process.stderr.on('data', (chunk) => (this.output += chunk));
    this.exited = new Promise((resolve) => this.process.on('exit', (code, signal) => resolve(code ?? signal)));
    this.origin = await this.#find(/listening on (http:\/\/[\d.:[\]a-f]+)/);
  }

  /** What the first staff member signs in with, as printed at the start. */
  async firstStaff() {
    const password = await this.#find(/one-time password[^\n]*?\s(\S{8,})\s*$/im);
    return { name: 'demo', password };
  }

  /** The first group of a pattern in the output, once it is there. */
  async #find(pattern) {
    let code;
    this.exited.then((status) => (code = status));
    for (const until = Date.now() + 30_000; Date.now() < until; await new Promise((resolve) => setTimeout(resolve, 50))) {
      const found = this.output.match(pattern);
      if (found) return found[1];
      if (code !== undefined) throw new Error(`keuze demo ended with ${code}:\n${this.output}`);
    }
    throw new Error(`keuze demo did not print ${pattern} within 30 s:\n${this.output}`);
  }

  /** Stops it as a system would; resolves with the exit status, which a clean stop makes 0. */
  async stop() {
    this.process.kill('SIGTERM');
    const late = setTimeout(() => this.process.kill('SIGKILL'), 15_000);
    const status = await this.exited;
    clearTimeout(late);
    return status;
  }

  /** Recomputes the whole ledger of the stopped server; the last line of `keuze verify`. */
  async verify() {
    const { stdout } = await run(binary(), ['verify', '--data', this.data], { cwd: this.folder });
    return stdout.trimEnd().split('\n').at(-1);
  }

  /** Removes what the run wrote. */
  async remove() {
    await rm(this.folder, { recursive: true, force: true });
  }
}

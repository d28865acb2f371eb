// @ts-check
// Chromium without a window, spoken to over a pipe in the Chrome DevTools Protocol: JSON messages with a NUL behind
// each (https://chromedevtools.github.io/devtools-protocol/). Needs nothing from npm.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Milliseconds that the browser may take for one command; a busy machine is slow to start it. */
const patience = 60_000;

/**
 * @typedef {Record<string, any>} Params
 * @typedef {(params: Params) => void} Listener
 */

export class Browser {
  /** @type {import('node:child_process').ChildProcess} */
  #process;
  #profile = mkdtempSync(path.join(tmpdir(), 'lvs-browser-'));
  #lastId = 0;
  #received = '';
  #errors = '';
  /** @type {Map<number, { resolve: Listener, reject: (reason: Error) => void }>} */
  #waiting = new Map();
  /** @type {Map<string, Listener>} by session and event */
  #listeners = new Map();

  constructor() {
    const options = [
      '--headless=new',
      '--remote-debugging-pipe',
      `--user-data-dir=${this.#profile}`,
      // Root may not have a sandbox; what is opened is the project's own.
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--hide-scrollbars',
    ];
    this.#process = spawn('chromium', options, {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    });
    const [, , errors, , output] = this.#process.stdio;
    errors?.on('data', (text) => {
      this.#errors += text;
    });
    output?.on('data', (data) => this.#receive(String(data)));
    const fail = (/** @type {string} */ why) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(why));
    };
    this.#process.on('error', (error) => fail(`chromium cannot be started: ${error.message}`));
    this.#process.on('exit', () => fail(`chromium has ended:\n${this.#errors}`));
  }

  /**
   * @param {string} method
   * @param {Params} [params]
   * @param {string} [sessionId]
   * @returns {Promise<Params>}
   */
  async send(method, params = {}, sessionId) {
    const id = ++this.#lastId;
    const input = /** @type {import('node:stream').Writable} */ (this.#process.stdio[3]);
    /** @type {Promise<Params>} */
    const answer = new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    const timer = setTimeout(
      () => this.#waiting.get(id)?.reject(new Error(`${method}: no answer`)),
      patience,
    );
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  /**
   * @param {string} sessionId
   * @param {string} event
   * @param {Listener} listener
   */
  on(sessionId, event, listener) {
    this.#listeners.set(`${sessionId} ${event}`, listener);
  }

  /** Opens a tab. */
  async open() {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    const tab = new Tab(this, sessionId);
    await tab.prepare();
    return tab;
  }

  async close() {
    const ended = once(this.#process, 'exit');
    await this.send('Browser.close').catch(() => this.#process.kill());
    await ended;
    // Its other processes may still be writing.
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  /** @param {string} text */
  #receive(text) {
    const messages = (this.#received + text).split('\0');
    this.#received = messages.pop() ?? '';
    for (const message of messages) this.#deliver(JSON.parse(message));
  }

  /** @param {{ id?: number, result?: Params, error?: { message: string }, sessionId?: string, method?: string, params?: Params }} message */
  #deliver({ id, result, error, sessionId, method, params }) {
    if (id === undefined) {
      this.#listeners.get(`${sessionId} ${method}`)?.(params ?? {});
      return;
    }
    const waiting = this.#waiting.get(id);
    if (error === undefined) waiting?.resolve(result ?? {});
    else waiting?.reject(new Error(error.message));
  }
}

/** One page after the other. */
class Tab {
  /** What went wrong since the page was opened. @type {string[]} */
  problems = [];
  #browser;
  #session;
  /** @type {() => void} */
  #loaded = () => undefined;

  /**
   * @param {Browser} browser
   * @param {string} session
   */
  constructor(browser, session) {
    this.#browser = browser;
    this.#session = session;
  }

  async prepare() {
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await this.send(`${domain}.enable`);
    this.#on('Page.loadEventFired', () => this.#loaded());
    this.#on('Runtime.exceptionThrown', ({ exceptionDetails: { text, exception } }) =>
      this.problems.push(`exception: ${exception?.description ?? text}`),
    );
    this.#on('Runtime.consoleAPICalled', ({ type, args }) => {
      const said = args.map((/** @type {Params} */ arg) => arg['value'] ?? arg['description']);
      if (['error', 'warning', 'assert'].includes(type)) {
        this.problems.push(`console: ${said.join(' ')}`);
      }
    });
    this.#on('Log.entryAdded', ({ entry: { level, text, url } }) => {
      if (level === 'error' || level === 'warning') this.problems.push(`${text} ${url ?? ''}`);
    });
    this.#on('Network.loadingFailed', ({ errorText }) => this.problems.push(errorText));
  }

  /**
   * @param {string} method
   * @param {Params} [params]
   */
  send(method, params) {
    return this.#browser.send(method, params, this.#session);
  }

  /** Goes to a page and waits until it and all that belongs to it are there. @param {string} url */
  async goto(url) {
    this.problems = [];
    /** @type {Promise<void>} */
    const loaded = new Promise((resolve) => {
      this.#loaded = resolve;
    });
    await this.send('Page.navigate', { url });
    await loaded;
  }

  /** The value of an expression in the page. @param {string} expression */
  async evaluate(expression) {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined) {
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    }
    return result.value;
  }

  /** @param {'light' | 'dark'} scheme */
  async prefer(scheme) {
    const features = [{ name: 'prefers-color-scheme', value: scheme }];
    await this.send('Emulation.setEmulatedMedia', { features });
  }

  /** @param {number} width @param {number} height */
  async resize(width, height) {
    const metrics = { width, height, deviceScaleFactor: 1, mobile: false };
    await this.send('Emulation.setDeviceMetricsOverride', metrics);
  }

  /** What it looks like, as PNG. */
  async picture() {
    const { data } = await this.send('Page.captureScreenshot', { captureBeyondViewport: true });
    return Buffer.from(data, 'base64');
  }

  /** @param {string} event @param {Listener} listener */
  #on(event, listener) {
    this.#browser.on(this.#session, event, listener);
  }
}

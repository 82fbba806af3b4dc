// The harness of the browser story: starts the demonstration, drives a real browser and tells the sentences.
//
// In scope: one program, one browser, a fresh visitor for each sentence. Out of scope: what a page must pass (faces.mjs,
// screens.mjs), how forms are used (forms.mjs), the ways of the demonstration (demo.mjs), and what is told (stories/).
//
// Two sentences are told at a time, each by visitors of its own; those that are told alone come after all others, in order.
//
// Invariants: a sentence fails when any page it opened asked another origin for anything, wrote an error to the console or threw;
// the program is ended by its process id; a run without a single sentence fails.
//
// `node story.mjs` tells everything; `node story.mjs WORDS` only the sentences that match WORDS, a regular expression. With SHOTS
// set to a folder, each examined screen is pictured there in light, in dark and at 320 px.

import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { meet, weigh } from './screens.mjs';

const program = process.env.CANDOUR ?? fileURLToPath(new URL('../../target/debug/candour', import.meta.url));
const chromiumPath = process.env.CHROMIUM ?? '/usr/bin/chromium';
// Without the background flags Chromium calls its maker at every start; the sandbox cannot start as root.
const chromiumArgs = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

const lanes = 2;
const startMs = 60_000;
const stopMs = 10_000;
const stepMs = 10_000;

// ---- The story: sentences and their runner -----------------------------------------------------------------------------------

const sentences = [];

/** Adds one sentence to the story. `body` receives a `Visitor`. It may be told beside others. */
export function tell(sentence, body) {
  sentences.push({ sentence, body, alone: false });
}

/** Adds one sentence that changes things for everybody, or is about all others: it is told alone, after them. */
export function tellAlone(sentence, body) {
  sentences.push({ sentence, body, alone: true });
}

/** Tells every sentence, prints `ok` or `FAIL` for each and the totals as the last line; sets the exit code. */
export async function run(wanted = new RegExp(process.argv[2] ?? '')) {
  let passed = 0;
  let failed = 0;
  let demo;
  let browser;
  try {
    demo = await startDemo();
    browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumArgs });
    const told = sentences.filter((one) => wanted.test(one.sentence));
    const lane = async (queue) => {
      for (let one = queue.shift(); one; one = queue.shift()) {
        (await holds(one.sentence, one.body, demo, browser)) ? (passed += 1) : (failed += 1);
      }
    };
    const together = told.filter((one) => !one.alone);
    await Promise.all(Array.from({ length: lanes }, () => lane(together)));
    await lane(told.filter((one) => one.alone));
  } catch (error) {
    failed += 1;
    console.log(`FAIL  The story could not be told.\n      ${indented(error)}`);
  } finally {
    await browser?.close();
    await demo?.stop();
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

async function holds(sentence, body, demo, browser) {
  const began = performance.now();
  const visitor = new Visitor(demo, browser);
  try {
    await body(visitor);
    await visitor.checkConduct();
    console.log(`ok    ${sentence} (${Math.round(performance.now() - began)} ms)`);
    return true;
  } catch (error) {
    console.log(`FAIL  ${sentence}\n      ${indented(error)}`);
    return false;
  } finally {
    await visitor.leave();
  }
}

function indented(error) {
  return String(error?.message ?? error).trimEnd().replaceAll('\n', '\n      ');
}

/** Fails with `sentence` unless `condition` holds. */
export function check(condition, sentence) {
  if (!condition) throw new Error(sentence);
}

/** Fails with every finding, one a line, unless there are none. */
export function checkNone(findings, sentence) {
  check(findings.length === 0, `${sentence}:\n${findings.join('\n')}`);
}

// ---- The program -------------------------------------------------------------------------------------------------------------

/** Starts `candour demo` on a free port with a data folder of its own; resolves once both addresses have been printed. */
async function startDemo() {
  const data = await mkdtemp(join(tmpdir(), 'candour-story-'));
  const child = spawn(program, ['demo', '--listen', '127.0.0.1:0', '--data', data], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const endWithUs = () => child.kill('SIGKILL');
  process.once('exit', endWithUs);

  const stop = async () => {
    process.removeListener('exit', endWithUs);
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      const patience = setTimeout(() => child.kill('SIGKILL'), stopMs);
      await ended;
      clearTimeout(patience);
    }
    await rm(data, { recursive: true, force: true });
  };
  try {
    return { ...(await addresses(child, ended)), data, pid: child.pid, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Reads the public address and the staff link from the program's standard output. */
async function addresses(child, ended) {
  let said = '';
  const hear = (text) => { said = (said + text).slice(-4_000); };
  child.stderr.setEncoding('utf8').on('data', hear);
  const printed = new Promise((resolve) => {
    const found = {};
    createInterface({ input: child.stdout }).on('line', (line) => {
      hear(`${line}\n`);
      found.origin ??= line.match(/\bis at (http:\/\/\S+)/)?.[1];
      found.staff ??= line.match(/^\s*Staff: (http:\/\/\S+)/)?.[1];
      if (found.origin && found.staff) resolve({ origin: new URL(found.origin).origin, staff: found.staff });
    });
  });
  const unstarted = new Promise((_, reject) => child.once('error', (error) => reject(new Error(`${program} could not be started: ${error.message}`))));
  const early = ended.then(() => { throw new Error(`candour demo ended before it printed its addresses. It said:\n${said}`); });
  let patience;
  const late = new Promise((_, reject) => {
    patience = setTimeout(() => reject(new Error(`candour demo printed no addresses within ${startMs / 1000} s. It said:\n${said}`)), startMs);
  });
  early.catch(() => {}); // it also ends when we stop it, long after anybody waits here
  return Promise.race([printed, unstarted, early, late]).finally(() => clearTimeout(patience));
}

// ---- The visitor -------------------------------------------------------------------------------------------------------------

/** One person with a fresh browser profile. Remembers what the pages did, for `checkConduct`. */
class Visitor {
  #demo;
  #browser;
  #contexts = [];
  #mailbox;
  #foreign = [];
  #complaints = [];
  #weighing = [];

  constructor(demo, browser) {
    this.#demo = demo;
    this.#browser = browser;
  }

  /** The program's origin, without a closing slash. */
  get origin() { return this.#demo.origin; }

  /** The link that signs a member of staff in. */
  get staff() { return this.#demo.staff; }

  /** Opens a path in a fresh profile; `script: false` switches script off. `status` is what the page is to be answered with. */
  async visit(path, { script = true, status = 200 } = {}) {
    const page = await this.#page(script);
    const response = await page.goto(new URL(path, this.origin).href);
    check(response.status() === status, `${path} answered ${response.status()}.`);
    return page;
  }

  /** Opens a page that was taken away, as a file opens: its text in a profile of its own. */
  async unfold(html) {
    const page = await this.#page(true);
    await page.setContent(html);
    return page;
  }

  /** The demonstration's letters, newest first: one page for each person, read again at each call. */
  async mailbox() {
    this.#mailbox ??= await this.#page(true);
    await this.#mailbox.goto(`${this.origin}/demo/mail`);
    return this.#mailbox;
  }

  /** Runs a further command of the program beside the demonstration, on its data; answers what it prints. */
  async command(...args) {
    return (await promisify(execFile)(program, [...args, '--data', this.#demo.data])).stdout;
  }

  /** Every page this person opened stayed at home, kept quiet and threw nothing. */
  async checkConduct() {
    await Promise.all(this.#weighing);
    checkNone(this.#foreign, 'A page asked another origin');
    checkNone(this.#complaints, 'A page complained');
  }

  async leave() {
    await Promise.all(this.#contexts.map((context) => context.close()));
  }

  async #page(script) {
    const context = await this.#browser.newContext({ javaScriptEnabled: script, locale: 'en-GB', timezoneId: 'Europe/London' });
    context.setDefaultTimeout(stepMs);
    this.#contexts.push(context);
    const page = await context.newPage();
    this.#watch(page);
    return page;
  }

  #watch(page) {
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.protocol.startsWith('http') && url.origin !== this.origin) this.#foreign.push(request.url());
    });
    page.on('requestfinished', (request) => this.#weighing.push(weigh(request).catch(() => {}))); // the page was left meanwhile
    page.on('domcontentloaded', () => this.#weighing.push(meet(page).catch(() => {})));
    page.on('pageerror', (error) => this.#complaints.push(`${page.url()}: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error' && !isAnswer(message, page)) this.#complaints.push(`${page.url()}: ${message.text()}`);
    });
  }
}

/** A page that is itself the answer 4xx (a form with errors) is reported by Chromium as a failed resource; it is not one. */
function isAnswer(message, page) {
  return message.text().startsWith('Failed to load resource') && message.location().url === page.url();
}

// The harness of the browser story: starts the demonstration, drives a real browser, and holds the checks that every page must pass.
//
// In scope: one program, one browser, a fresh visitor for each sentence of the story, and measurements that need a real page
// (focus, reflow, print, contrast, bytes, cookies). Out of scope: what the pages say; that is the story's.
//
// Invariants: a sentence fails when any page it opened asked another origin for anything, wrote an error to the console or threw;
// the program is ended by its process id; a run without a single sentence fails.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const program = process.env.CANDOUR ?? fileURLToPath(new URL('../../target/debug/candour', import.meta.url));
const chromiumPath = process.env.CHROMIUM ?? '/usr/bin/chromium';
// Without the background flags Chromium calls its maker at every start; the sandbox cannot start as root.
const chromiumArgs = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const axeRules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const startMs = 60_000;
const stopMs = 10_000;
const stepMs = 10_000;
const longestWalk = 1_000;
const narrowPx = 320;
const thinnestOutlinePx = 2;

// ---- The story: sentences and their runner -----------------------------------------------------------------------------------

const sentences = [];

/** Adds one sentence to the story. `body` receives a `Visitor`. */
export function tell(sentence, body) {
  sentences.push({ sentence, body });
}

/** Tells every sentence in order, prints `ok` or `FAIL` for each and the totals as the last line; sets the exit code. */
export async function run() {
  let passed = 0;
  let failed = 0;
  let demo;
  let browser;
  try {
    demo = await startDemo();
    browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumArgs });
    for (const { sentence, body } of sentences) {
      (await holds(sentence, body, demo, browser)) ? (passed += 1) : (failed += 1);
    }
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
    visitor.checkConduct();
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
  #foreign = [];
  #complaints = [];

  constructor(demo, browser) {
    this.#demo = demo;
    this.#browser = browser;
  }

  /** The program's origin, without a closing slash. */
  get origin() { return this.#demo.origin; }

  /** The link that signs a member of staff in. */
  get staff() { return this.#demo.staff; }

  /** The data folder of the running program. */
  get data() { return this.#demo.data; }

  /** Opens a path in a fresh profile; `script: false` switches script off. The page carries `transfers`, filled as it loads. */
  async visit(path, { script = true } = {}) {
    const context = await this.#browser.newContext({ javaScriptEnabled: script, locale: 'en-GB', timezoneId: 'Europe/London' });
    context.setDefaultTimeout(stepMs);
    this.#contexts.push(context);
    const page = await context.newPage();
    this.#watch(page);
    const response = await page.goto(new URL(path, this.origin).href);
    check(response.ok(), `${path} answered ${response.status()}.`);
    return page;
  }

  /** As `visit`, with script switched off. */
  async noScript(path) {
    return this.visit(path, { script: false });
  }

  /** Every page this person opened stayed at home, kept quiet and threw nothing. */
  checkConduct() {
    checkNone(this.#foreign, 'A page asked another origin');
    checkNone(this.#complaints, 'A page complained');
  }

  async leave() {
    await Promise.all(this.#contexts.map((context) => context.close()));
  }

  #watch(page) {
    page.transfers = [];
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.protocol.startsWith('http') && url.origin !== this.origin) this.#foreign.push(request.url());
    });
    page.on('requestfinished', (request) => page.transfers.push(transfer(request).catch(() => null))); // null: the page was left meanwhile
    page.on('pageerror', (error) => this.#complaints.push(`${page.url()}: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error' && !isRefusedForm(message, page)) this.#complaints.push(`${page.url()}: ${message.text()}`);
    });
  }
}

/** A page that is itself the answer 4xx (a form with errors) is reported by Chromium as a failed resource; it is not one. */
function isRefusedForm(message, page) {
  return message.text().startsWith('Failed to load resource') && message.location().url === page.url();
}

async function transfer(request) {
  const { responseHeadersSize, responseBodySize } = await request.sizes();
  return { url: request.url(), type: request.resourceType(), bytes: responseHeadersSize + responseBodySize };
}

// ---- What every page must pass -----------------------------------------------------------------------------------------------

/** All checks of a public page in every face: light, dark, forced colours, keyboard, 320 px, print. */
export async function everyFace(page) {
  await axe(page);
  await focusWalk(page);
  await reflow(page);
  await printed(page);
}

/** No violation of WCAG 2.2 AA or of axe's best practices in light, dark and forced colours. */
export async function axe(page) {
  // Evaluated, not added as a script tag: the content security policy stays in force.
  await page.evaluate(axeSource);
  const faces = [{ colorScheme: 'light' }, { colorScheme: 'dark' }, { colorScheme: 'light', forcedColors: 'active' }];
  for (const face of faces) {
    await page.emulateMedia({ forcedColors: 'none', ...face });
    const violations = await page.evaluate(async (values) => {
      const result = await globalThis.axe.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] });
      return result.violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.target.join(' ')}`));
    }, axeRules);
    checkNone(violations, `${page.url()} is not accessible in ${face.forcedColors ? 'forced colours' : `the ${face.colorScheme} theme`}`);
  }
  await page.emulateMedia({ colorScheme: null, forcedColors: null });
}

/** Tab reaches every control, the focus is always drawn and always in view. Answers what was reached, in order. */
export async function focusWalk(page) {
  await page.evaluate(beginWalk);
  const walked = [];
  while (walked.length < longestWalk) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(lookAtFocus, thinnestOutlinePx);
    if (stop === null) break;
    walked.push(stop);
  }
  check(walked.length > 0, `${page.url()} has nothing that the keyboard reaches.`);
  checkNone(walked.flatMap(({ name, finding }) => (finding ? [`${name}: ${finding}`] : [])), `The keyboard's way through ${page.url()} has gaps`);
  checkNone(await page.evaluate(unwalked), `The keyboard does not reach all of ${page.url()}`);
  return walked.map(({ name }) => name);
}

/* Runs in the page. Puts the keyboard before the first control and forgets earlier walks. */
function beginWalk() {
  globalThis.walked = new Set();
  document.body.tabIndex = -1;
  document.body.focus({ preventScroll: true });
  document.body.removeAttribute('tabindex');
  globalThis.scrollTo(0, 0);
}

/* Runs in the page. The control in focus, or null when the walk is over. */
function lookAtFocus(thinnest) {
  const control = document.activeElement;
  if (!control || control === document.body || globalThis.walked.has(control)) return null;
  globalThis.walked.add(control);
  const style = getComputedStyle(control);
  const box = control.getBoundingClientRect();
  const name = `${control.localName}${control.id ? `#${control.id}` : ''} "${(control.innerText || control.name || '').trim().slice(0, 40)}"`;
  let finding = null;
  if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < thinnest) finding = `the focus is not drawn (outline ${style.outlineStyle} ${style.outlineWidth})`;
  else if (box.width === 0 || box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) finding = 'the focus is out of view';
  return { name, finding };
}

/* Runs in the page. Visible controls the walk passed by; of a group of radio buttons one is enough. */
function unwalked() {
  const groups = new Set([...globalThis.walked].filter((control) => control.type === 'radio').map((control) => control.name));
  return [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
    .filter((control) => !control.disabled && control.type !== 'hidden' && control.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }))
    .filter((control) => !globalThis.walked.has(control) && !(control.type === 'radio' && groups.has(control.name)))
    .map((control) => control.outerHTML.slice(0, 120));
}

/** At 320 px nothing has to be scrolled sideways, except inside a scroll region with a name. */
export async function reflow(page) {
  const before = page.viewportSize();
  await page.setViewportSize({ width: narrowPx, height: 640 });
  const wide = await page.evaluate(() => {
    const edge = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= edge) return [];
    return [`the page is ${document.documentElement.scrollWidth} px wide`].concat(
      [...document.querySelectorAll('body *')].filter((element) => element.getBoundingClientRect().right > edge + 1).slice(0, 5)
        .map((element) => element.outerHTML.slice(0, 120)));
  });
  await page.setViewportSize(before);
  checkNone(wide, `${page.url()} overflows at ${narrowPx} px`);
}

/** On paper the text of closed details is there, and the page can be printed. */
export async function printed(page) {
  await page.emulateMedia({ media: 'print' });
  const missing = await page.evaluate(() => [...document.querySelectorAll('details:not([open]) > :not(summary)')]
    .filter((element) => element.textContent.trim() && (!element.checkVisibility() || element.getBoundingClientRect().height === 0))
    .map((element) => element.textContent.trim().slice(0, 80)));
  const paper = await page.pdf({ tagged: true });
  await page.emulateMedia({ media: null });
  checkNone(missing, `On paper ${page.url()} lacks the text of closed details`);
  check(paper.subarray(0, 5).toString() === '%PDF-', `${page.url()} cannot be printed.`);
}

/** What the visitor's device keeps: names of cookies and of entries in local and session storage. */
export async function kept(page) {
  const stored = await page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]);
  return [...(await cookies(page)).map(({ name }) => name), ...stored];
}

/** The cookies of this visitor. */
export async function cookies(page) {
  return page.context().cookies();
}

/** Bytes that crossed the wire for documents and style sheets since the page was opened, headers included. */
export async function bytes(page) {
  await page.waitForLoadState('networkidle');
  const transfers = await Promise.all(page.transfers);
  return transfers.filter((one) => one?.type === 'document' || one?.type === 'stylesheet').reduce((sum, { bytes: size }) => sum + size, 0);
}

// ---- Forms -------------------------------------------------------------------------------------------------------------------

/** The name of the control that holds the focus, by id. */
export async function focused(page) {
  return page.evaluate(() => document.activeElement?.id || document.activeElement?.localName);
}

/** Answers questions by field id: text is typed; a choice takes its first option unless a value is given. */
export async function answer(page, answers) {
  for (const [id, value] of Object.entries(answers)) {
    const control = page.locator(`[name="${id}"]`);
    const kind = await control.first().evaluate((element) => (element.type === 'radio' ? 'radio' : element.localName));
    if (kind === 'radio') await (value ? page.locator(`[name="${id}"][value="${value}"]`) : control.first()).check();
    else if (kind === 'select') await control.selectOption(value ?? { index: 1 });
    else await control.fill(value);
  }
}

/** What a form holds at present, by field id, hidden fields left out. */
export async function answers(page) {
  return page.evaluate(() => {
    const forms = [...document.forms].filter((form) => form.method === 'post');
    const hidden = new Set([...document.querySelectorAll('input[type=hidden]')].map(({ name }) => name));
    return Object.fromEntries(forms.flatMap((form) => [...new FormData(form)]).filter(([name]) => !hidden.has(name)));
  });
}

/**
 * The contract of a form that was sent with errors: the title says so, one summary stands first in `main` and has the focus, its
 * heading is "There is a problem", and each of its links leads to the field, which repeats the sentence. Answers the sentences.
 */
export async function errorSummary(page) {
  check((await page.title()).startsWith('Error: '), `The title is "${await page.title()}".`);
  const summary = page.locator('main [role="alert"]');
  check((await summary.count()) === 1, `There are ${await summary.count()} error summaries.`);
  check(/There is a problem/.test(await summary.innerText()), 'The summary does not say "There is a problem".');
  check(await summary.evaluate((element) => element.contains(document.activeElement) || document.activeElement === element), 'The focus is not on the error summary.');

  const links = await summary.locator('a').evaluateAll((all) => all.map((a) => ({ target: a.getAttribute('href'), sentence: a.textContent.trim() })));
  check(links.length > 0, 'The error summary links to nothing.');
  for (const [nth, { target, sentence }] of links.entries()) {
    check(target?.startsWith('#'), `"${sentence}" does not lead to a field.`);
    const field = page.locator(`[id="${target.slice(1)}"]`);
    check((await field.count()) === 1, `"${sentence}" leads to ${target}, which is not there once.`);
    check((await page.locator('main form').innerText()).includes(sentence), `The field does not repeat "${sentence}".`);
    await summary.locator('a').nth(nth).click();
    check((await focused(page)) === target.slice(1), `"${sentence}" does not put the focus on its field.`);
  }
  return links.map(({ sentence }) => sentence);
}

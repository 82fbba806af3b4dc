// What every page must pass, measured in a real browser: contrast, names and roles, focus, reflow, print, and what a device keeps.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { check, checkNone } from './harness.mjs';
import { examined, fileName } from './screens.mjs';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const axeRules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const longestWalk = 1_000;
const narrowPx = 320;
const thinnestOutlinePx = 2;

/** All checks of a page in every face: light, dark, forced colours, keyboard, 320 px, print. Answers what the keyboard reached. */
export async function everyFace(page) {
  await pictured(page);
  await axe(page);
  const walked = await focusWalk(page);
  await reflow(page);
  await printed(page);
  await examined(page);
  return walked;
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

/** Where SHOTS names a folder: the page in light, in dark and at 320 px. */
async function pictured(page) {
  if (!process.env.SHOTS) return;
  const before = page.viewportSize();
  const name = await fileName(page);
  for (const [face, scheme, width] of [['light', 'light', before.width], ['dark', 'dark', before.width], ['narrow', 'light', narrowPx]]) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ ...before, width });
    await page.screenshot({ path: join(process.env.SHOTS, `${name}.${face}.png`), fullPage: true });
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize(before);
}

// How forms are used: answered, sent, read back, and walked through with the keyboard alone.

import { check, checkNone } from './harness.mjs';

const longestWalk = 200;

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
  check(await takesFocus(page, summary), 'The focus is not on the error summary.');

  const links = await summary.locator('a').evaluateAll((all) => all.map((a) => ({ target: a.getAttribute('href'), sentence: a.textContent.trim() })));
  check(links.length > 0, 'The error summary links to nothing.');
  for (const [nth, { target, sentence }] of links.entries()) {
    check(target?.startsWith('#'), `"${sentence}" does not lead to a field.`);
    const field = page.locator(`[id="${target.slice(1)}"]`);
    check((await field.count()) === 1, `"${sentence}" leads to ${target}, which is not there once.`);
    check((await field.locator('xpath=ancestor::form').innerText()).includes(sentence), `The field does not repeat "${sentence}".`);
    await summary.locator('a').nth(nth).click();
    check((await focused(page)) === target.slice(1), `"${sentence}" does not put the focus on its field.`);
  }
  return links.map(({ sentence }) => sentence);
}

/** Whether the browser puts the focus on an element that asks for it: it does so shortly after the page has loaded. */
async function takesFocus(page, element) {
  for (let looks = 0; looks < 20; looks += 1) {
    if (await element.evaluate((one) => one.contains(document.activeElement))) return true;
    await page.waitForTimeout(50);
  }
  return false;
}

/** Presses the button that takes the first form of the main part onwards. */
export async function send(page) {
  await follow(page, page.locator('main form button:not([name])').first());
}

/** Presses a button by its words and waits for the page it leads to. */
export async function press(page, words) {
  await follow(page, page.getByRole('button', { name: words, exact: true }).first());
}

/** Presses a link or button and waits for the page it leads to. */
export async function follow(page, control) {
  await Promise.all([page.waitForEvent('load'), control.click()]);
}

/** The page's main part shows texts, white space aside. A regular expression stands for words that may be said in other ways. */
export async function checkShows(page, ...texts) {
  const shown = oneLine(await page.locator('main').innerText());
  const missing = texts.filter((text) => !(text instanceof RegExp ? text.test(shown) : shown.includes(oneLine(text))));
  checkNone(missing, `${page.url()} does not show`);
}

/** The page's main part shows none of the texts. */
export async function checkHides(page, ...texts) {
  const shown = oneLine(await page.locator('main').innerText());
  checkNone(texts.filter((text) => shown.includes(oneLine(text))), `${page.url()} shows`);
}

/** A form holds what it held before. */
export function sameAnswers(now, before) {
  const lines = (value) => value?.replaceAll('\r\n', '\n');
  checkNone(Object.keys(before).filter((id) => lines(now[id]) !== lines(before[id])), 'The form lost what was typed in');
}

/** Presses Tab until the control that a selector names has the focus: nobody can jump with the keyboard alone. */
export async function tabTo(page, selector) {
  for (let presses = 0; presses < longestWalk; presses += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
  }
  throw new Error(`The keyboard does not come to ${selector} on ${page.url()}.`);
}

/** Presses a key on the control in focus and waits for the page it leads to. */
export async function keyOn(page, key) {
  await Promise.all([page.waitForEvent('load'), page.keyboard.press(key)]);
}

function oneLine(text) {
  return text.replace(/\s+/g, ' ');
}

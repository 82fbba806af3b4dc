// The ways of the demonstration that many sentences go: asking, reading mail, proving oneself, working as staff, moving the clock.

import { check } from './harness.mjs';
import { answer, answers, checkShows, follow, press, sameAnswers, send } from './forms.mjs';

const letterMs = 100;

let people = 0;

/** What one more person asks, by field id; everybody has an address of their own, for one address may ask five times a day. */
export function enquiry() {
  people += 1;
  return {
    topic: undefined,
    name: "Aoife O'Neil",
    email: `aoife.oneil.${people}@hillside.example`,
    school: 'Hillside Primary & Nursery',
    role: 'School business manager',
    telephone: '01632 960 001',
    message: 'May we have broadband of 1 Gbit/s by <September>?\nOur line is "slow" today.',
  };
}

/** What is typed into an enquiry. */
export function typed(asks) {
  return Object.values(asks).filter(Boolean);
}

/** Makes one enquiry from the question page to the confirmation; `look` examines each page on the way. Answers the reference. */
export async function enquire(page, look = async () => {}) {
  const asks = enquiry();
  await answer(page, asks);
  const before = await answers(page);
  await send(page);

  await look(page);
  await checkShows(page, ...typed(asks));
  await follow(page, page.getByRole('button', { name: /^change/i }).first());
  sameAnswers(await answers(page), before);
  await look(page);

  await answer(page, { school: 'Riverside Academy' });
  await send(page);
  await checkShows(page, 'Riverside Academy', asks.name);

  await press(page, 'Send your enquiry');
  await look(page);
  return confirmed(page);
}

/** The reference that a confirmation shows, the same when it is loaded again. */
export async function confirmed(page) {
  const given = reference(await page.locator('main').innerText());
  await page.reload();
  check(reference(await page.locator('main').innerText()) === given, 'The reference changed when the page was loaded again.');
  return given;
}

/** The reference that a confirmation shows: a code of capital letters and digits, named as such. */
export function reference(text) {
  const words = text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
  const found = words.match(/[Rr]eference[^A-Z0-9]{0,60}\b([A-Z0-9]{2,}(?:-[A-Z0-9]+)*)\b/)?.[1];
  check(found, 'The confirmation shows no reference.');
  return found;
}

/** A person who has asked and opened their enquiry: its page, what was asked, its reference and the address of its private link. */
export async function asked(visitor, options) {
  const page = await visitor.visit('/enquiries/new', options);
  const asks = enquiry();
  await answer(page, asks);
  await send(page);
  await press(page, 'Send your enquiry');
  const given = reference(await page.locator('main').innerText());
  const link = await privateLink(visitor, 'We have received your enquiry', given);
  await open(page, link);
  return { page, asks, reference: given, link };
}

/** Opens an enquiry through its private link. */
export async function open(page, link) {
  await page.goto(link);
  await press(page, 'Open my enquiry');
  check(new URL(page.url()).pathname === '/enquiries/mine', `The link leads to ${page.url()}.`);
}

// ---- Mail --------------------------------------------------------------------------------------------------------------------

/** Opens the newest letter with this subject about this enquiry, where given to this address; waits a little until it is there. */
export async function letter(visitor, subject, about, to = '') {
  for (let looks = 0; looks < 20; looks += 1) {
    const mailbox = await visitor.mailbox();
    const link = letters(mailbox, subject, about, to).first().getByRole('link');
    if ((await link.count()) === 1) {
      await follow(mailbox, link);
      return mailbox;
    }
    await mailbox.waitForTimeout(letterMs);
  }
  throw new Error(`There is no letter “${subject}” about ${about}.`);
}

function letters(mailbox, subject, about, to) {
  return mailbox.locator('main tbody tr').filter({ hasText: subject }).filter({ hasText: about }).filter({ hasText: to });
}

/** The address of the private link in such a letter. */
export async function privateLink(visitor, subject, about, to) {
  const page = await letter(visitor, subject, about, to);
  return page.locator('main a[href^="/enquiries/link/"]').evaluate((link) => link.href);
}

/** The six digits in the letter with the code for an act, which is named as its button names it. */
export async function mailedCode(visitor, about, act) {
  const [verb] = act.toLowerCase().split(' ');
  for (let looks = 0; looks < 20; looks += 1) {
    const page = await letter(visitor, 'Your code', about);
    const text = await page.locator('main').innerText();
    const digits = text.match(/Your code: (\d{6})\b/)?.[1];
    check(digits, 'The letter has no code of six digits.');
    if (text.includes(`It lets you ${verb}`)) return digits; // otherwise it is the code of an earlier act
    await page.waitForTimeout(letterMs);
  }
  throw new Error(`There is no letter with a code to ${verb}.`);
}

/** Presses the button of an act and proves oneself with the mailed code; `look` examines the page that asks for it. */
export async function prove(visitor, { page, reference: about }, act, look = async () => {}) {
  await press(page, act);
  await look(page);
  await answer(page, { code: await mailedCode(visitor, about, act) });
  await send(page);
}

/** Withdraws an enquiry, code and all. */
export async function withdraw(visitor, person, look = async () => {}) {
  await prove(visitor, person, 'Withdraw my enquiry');
  await look(person.page);
  await press(person.page, 'Withdraw my enquiry');
  await checkShows(person.page, /withdrawn/i);
}

// ---- Staff and the clock -----------------------------------------------------------------------------------------------------

/** A page of the staff, in the role of a made-up colleague. */
export async function workAs(visitor, name, options) {
  const page = await visitor.visit(visitor.staff, options);
  await press(page, `Work as ${name}`);
  return page;
}

/** Opens an enquiry on the desk to answer it. */
export async function openOnDesk(page, about) {
  await page.goto(new URL(`/staff/enquiries/${about}`, page.url()).href);
  await press(page, 'Open to answer the enquiry');
  await checkShows(page, 'Conversation');
}

/** Moves the clock on by the words of its button, so many times; answers today's date as the clock's page says it. */
export async function moveClock(page, words, times = 1) {
  for (let moves = 0; moves < times; moves += 1) {
    await page.goto(new URL('/demo', page.url()).href);
    await press(page, words);
  }
  return today(page);
}

/** Today's date on the clock's page, as ISO 8601. */
export async function today(page) {
  return page.locator('main time').first().getAttribute('datetime');
}

/** A day so many days after another, both ISO 8601. */
export function daysAfter(day, days) {
  return new Date(Date.parse(`${day}T12:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** A day as the pages write it, as ISO 8601: "Monday 23 November 2026". */
export function isoOf(words) {
  return new Date(`${words.replace(/^\w+day /, '')} 12:00 UTC`).toISOString().slice(0, 10);
}

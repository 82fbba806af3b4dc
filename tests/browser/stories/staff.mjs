// What our staff do: come in, find what waits, open under a purpose, answer, note, close; what they may not; and what they see of
// retention, mail and refusals.

import { check, checkNone, tell } from '../harness.mjs';
import { everyFace, kept } from '../faces.mjs';
import { answer, answers, checkHides, checkShows, errorSummary, follow, press, sameAnswers, send } from '../forms.mjs';
import { asked, daysAfter, letter, open, openOnDesk, privateLink, today, typed, withdraw, workAs } from '../demo.mjs';
import { code } from '../totp.mjs';

const desk = 'Asha Rahman';
const operator = 'Grace Adeyemi';
const officer = 'Tomos Pugh';
const secondOfficer = 'Ruth Adler';
const said = 'Yes: the line can be ready by September.\n\nOur engineer rings you on Monday.';
const noted = 'Ask the engineer about the <duct> first.';
const password = 'seven grey herons';

tell('the door of the demonstration lets one choose who to be, and the inbox says first what waits', async (visitor) => {
  const page = await visitor.visit(visitor.staff);
  await everyFace(page);
  await press(page, `Work as ${desk}`);
  await checkShows(page, /waits? for an answer/);
  await checkHides(page, '@');
  await everyFace(page);
  for (const view of ['Waiting for an answer', 'Answered', 'Closed']) {
    await follow(page, page.getByRole('link', { name: view, exact: true }));
    check((await page.locator('main [aria-current="page"]').innerText()) === view, `The list does not say that it shows: ${view}.`);
  }
});

tell('the desk opens an enquiry under a purpose only, and an empty answer or a long note loses nothing', async (visitor) => {
  const { reference, asks } = await asked(visitor);
  const page = await workAs(visitor, desk);
  await follow(page, page.getByRole('link', { name: reference }));
  await checkShows(page, /recorded beside the data before you see it/);
  await checkHides(page, ...typed(asks));
  await everyFace(page);
  await press(page, 'Open to answer the enquiry');
  await checkShows(page, ...typed(asks));
  await everyFace(page);

  await press(page, 'Send the answer');
  check((await errorSummary(page)).length === 1, 'The empty answer is not the one thing that is told.');
  await checkShows(page, ...typed(asks));
  await everyFace(page);

  await page.locator('[name="note"]').fill(noted.repeat(200));
  const before = await answers(page);
  await press(page, 'Save the note');
  await errorSummary(page);
  sameAnswers(await answers(page), { note: before.note });
  await everyFace(page);
});

tell('the desk answers, notes and closes; the person sees the answer, its author, and that the desk opened it and what for', async (visitor) => {
  const person = await asked(visitor);
  const { reference } = person;
  const page = await workAs(visitor, desk);
  await openOnDesk(page, reference);
  await answer(page, { message: said });
  await press(page, 'Send the answer');
  await checkShows(page, /your answer is saved/i, desk, said);
  await answer(page, { note: noted });
  await press(page, 'Save the note');
  await checkShows(page, /your note is saved/i, noted);

  await everyFace(await letter(visitor, 'We have answered your enquiry', reference));
  await open(person.page, await privateLink(visitor, 'We have answered your enquiry', reference));
  await checkShows(person.page, /we answered on/i, desk, said);
  await checkHides(person.page, noted);
  await follow(person.page, person.page.locator('main a[href="/enquiries/mine/data"]').first());
  await checkShows(person.page, 'Kept back, because it may speak of other people.');
  await checkHides(person.page, noted);
  await person.page.locator('section.fact summary').first().click();
  await checkShows(person.page, 'Our desk', 'Answer what you ask us');

  await press(page, 'Close the enquiry');
  await checkShows(page, /is closed/, 'in 90 days');
  await everyFace(page);
  await letter(visitor, 'Your enquiry is closed', reference);
  await press(page, 'Open the enquiry again');
  await checkShows(page, /is open again/);
  await press(page, 'Close the enquiry');
  await person.page.goto(new URL('/enquiries/mine', person.page.url()).href);
  await checkShows(person.page, /closed your enquiry/, 'in 90 days');
});

tell('an enquiry that its person withdrew is closed to the desk at once, and open again when they cancel', async (visitor) => {
  const person = await asked(visitor);
  const { asks } = person;
  const page = await workAs(visitor, desk);
  await openOnDesk(page, person.reference);
  const opened = page.url();
  await withdraw(visitor, person);
  await page.goto(opened);
  await checkShows(page, 'Our privacy notice does not allow this', /withdr[ae]w/);
  await checkHides(page, ...typed(asks));
  await everyFace(page);
  await page.goto(new URL(`/staff/enquiries/${person.reference}`, opened).href);
  await checkShows(page, /the person withdrew/i);
  await checkHides(page, ...typed(asks));
  check((await page.locator('main button').count()) === 0, 'There is a button to open it.');
  await everyFace(page);

  await press(person.page, 'Keep my enquiry after all');
  await openOnDesk(page, person.reference);
});

tell('the operator, whom the notice gives no purpose, is refused with the clause, and the refusal is counted', async (visitor) => {
  const { reference, asks } = await asked(visitor);
  const page = await workAs(visitor, operator);
  const before = await refusals(page);
  await page.goto(new URL(`/staff/enquiries/${reference}`, page.url()).href);
  await checkShows(page, 'Our privacy notice does not allow this', /operator/);
  check((await page.locator('main button').count()) === 0, 'There is a button to open it.');
  await checkHides(page, ...typed(asks));
  check((await page.locator('aside a[href="/privacy#purpose-answer-enquiries"]').count()) === 1, 'The refusal does not name its clause.');
  await everyFace(page);
  check((await refusals(page)) === before + 1, 'The refusal was not counted.');
  await everyFace(page);
});

tell('the officer opens an enquiry to handle rights, for which the notice gives a purpose', async (visitor) => {
  const { reference, asks } = await asked(visitor);
  const page = await workAs(visitor, officer);
  await page.goto(new URL(`/staff/enquiries/${reference}`, page.url()).href);
  await press(page, 'Open to handle their rights');
  await checkShows(page, ...typed(asks));
});

tell('the page of retention says first whether all is deleted on time, and draws the forecast with a table', async (visitor) => {
  const page = await workAs(visitor, desk);
  await page.goto(new URL('/staff/retention', page.url()).href);
  await checkShows(page, /^Retention Everything is deleted on time\./, /Next: /, 'Held now', 'Last runs');
  check((await page.locator('figure svg[role="img"] title').count()) === 1, 'There is no picture.');
  check((await page.locator('figure table tbody tr').count()) > 0, 'There is no table beside it.');
  await everyFace(page);
});

tell('the mail queue shows letters by kind and state, and no address', async (visitor) => {
  await asked(visitor);
  const page = await workAs(visitor, desk);
  await page.goto(new URL('/staff/mail', page.url()).href);
    await checkHides(page, '@');
  await everyFace(page);
});

tell('an enquiry that is not there is not found on the desk either', async (visitor) => {
  const page = await workAs(visitor, desk);
  await page.goto(new URL('/staff/enquiries/ENQ-0000-0000', page.url()).href);
  await checkShows(page, 'Page not found');
  await everyFace(page);
});

tell('the desk works without script', async (visitor) => {
  const { reference } = await asked(visitor, { script: false });
  const page = await workAs(visitor, desk, { script: false });
  await openOnDesk(page, reference);
  await answer(page, { message: said });
  await press(page, 'Send the answer');
  await checkShows(page, /your answer is saved/i);
  await press(page, 'Close the enquiry');
  await checkShows(page, /is closed/);
  await press(page, 'Sign out');
});

tell('an officer places a legal hold, its person reads that deletion waits, and the hold is lifted', async (visitor) => {
  const person = await asked(visitor);
  const page = await workAs(visitor, officer);
  await page.goto(new URL(`/staff/enquiries/${person.reference}`, page.url()).href);
  await follow(page, page.getByRole('link', { name: 'Place a legal hold' }));
  await everyFace(page);
  await send(page);
  check((await errorSummary(page)).length === 2, 'Not both answers are asked for.');
  await everyFace(page);
  await answer(page, { reason: 'court-order', ...inFields(daysAfter(await shownDay(visitor), 30)) });
  await send(page);
  await checkShows(page, 'Check the legal hold', person.reference, 'A court ordered it');
  await everyFace(page);
  await press(page, 'Change Why must it be kept?');
  check((await answers(page)).reason === 'court-order', 'The form lost the reason.');
  await send(page);
  await press(page, 'Place the hold');
  await checkShows(page, /the legal hold is placed/i, person.reference, 'A court ordered it');
  await checkHides(page, ...typed(person.asks));
  await everyFace(page);

  await person.page.reload();
  await checkShows(person.page, /Deletion waits: until .* because a court ordered it/);
  await everyFace(person.page);
  await follow(page, page.getByRole('link', { name: person.reference }));
  await press(page, 'Lift the hold');
  await checkShows(page, /the legal hold is lifted/i);
  await person.page.reload();
  await checkHides(person.page, 'Deletion waits');
});

tell('more than a day may delete is released by two officers, and the one who asked is not the second', async (visitor) => {
  const page = await workAs(visitor, officer);
  await page.goto(new URL('/staff/retention', page.url()).href);
  await follow(page, page.getByRole('link', { name: 'Ask to delete more than a day may' }));
  await everyFace(page);
  await send(page);
  check((await errorSummary(page)).length === 2, 'Not both answers are asked for.');
  await everyFace(page);
  await answer(page, { reason: 'backlog', 'up-to': '200' });
  await send(page);
  await checkShows(page, /waits for a second officer/, 'any other officer may still agree');
  check((await page.getByRole('button', { name: /^Agree/ }).count()) === 0, 'The one who asked may agree.');

  const second = await workAs(visitor, secondOfficer);
  await second.goto(new URL('/staff/retention', second.url()).href);
  await checkShows(second, /waits? for you\./);
  await everyFace(second);
  await press(second, 'Agree to delete up to 200');
  await checkShows(second, /you agreed to the release/i, 'You and another officer agreed');
});

tell('the date is typed in three fields, a wrong one stays typed and is refused, and the right one is taken', async (visitor) => {
  const page = await workAs(visitor, operator);
  await page.goto(new URL('/staff/retention/confirm', page.url()).href);
  await everyFace(page);
  const right = inFields(await shownDay(visitor));
  const wrong = { ...right, year: String(Number(right.year) - 1) };
  await answer(page, wrong);
  await send(page);
  check(/The clock says .*, and you say/.test((await errorSummary(page)).join()), 'It does not say which date is wrong.');
  sameAnswers(await answers(page), wrong);
  await everyFace(page);
  await answer(page, right);
  await send(page);
  await checkShows(page, /today’s date is confirmed/i);
});

tell('the officer holds, lifts, asks for a release and confirms the date without script', async (visitor) => {
  const { reference } = await asked(visitor, { script: false });
  const page = await workAs(visitor, officer, { script: false });
  const day = await shownDay(visitor);
  await page.goto(new URL(`/staff/enquiries/${reference}/hold`, page.url()).href);
  await answer(page, { reason: 'claim', ...inFields(daysAfter(day, 7)) });
  await send(page);
  await press(page, 'Place the hold');
  await checkShows(page, /the legal hold is placed/i, /ends? within 14 days/);
  await follow(page, page.getByRole('link', { name: reference }));
  await press(page, 'Lift the hold');
  await checkShows(page, /the legal hold is lifted/i);
  await page.goto(new URL('/staff/retention/release', page.url()).href);
  await answer(page, { reason: 'contract-ended', 'up-to': '60' });
  await send(page);
  await checkShows(page, /waits for a second officer/);
  await page.goto(new URL('/staff/retention/confirm', page.url()).href);
  await answer(page, inFields(day));
  await send(page);
  await checkShows(page, /today’s date is confirmed/i);
});

tell('an officer sees whether the evidence stands, and the report of a month with the checkpoint to print', async (visitor) => {
  const page = await workAs(visitor, officer);
  await page.goto(new URL('/staff/evidence', page.url()).href);
  await checkShows(page, /the log stands/i, 'The newest checkpoint', 'candour export pack');
  await everyFace(page);
  await follow(page, page.locator('main a[href^="/staff/evidence/month/"]').first());
  await checkShows(page, 'The checkpoint at its end', 'Forecast and deletion', 'Refusals');
  await everyFace(page);
});

/** Today, as the demonstration's clock has it. */
async function shownDay(visitor) {
  return today(await visitor.visit('/demo'));
}

/** A day of ISO 8601 as three fields ask it. */
function inFields(iso) {
  const [year, month, day] = iso.split('-');
  return { day, month, year };
}

// ---- Sign-in -----------------------------------------------------------------------------------------------------------------

tell('the staff pages ask strangers to sign in, and do not say what of it was wrong', async (visitor) => {
  const page = await visitor.visit('/staff/retention');
  check(new URL(page.url()).pathname === '/staff/sign-in', `It leads to ${page.url()}.`);
  await everyFace(page);
  await send(page);
  check((await errorSummary(page)).length === 3, 'Not all three answers are asked for.');
  await everyFace(page);
  await signIn(page, 'asha.rahman@segfl.example', password, '000000');
  check(/did not match/.test((await errorSummary(page)).join()), 'It does not say that something does not match.');
  check((await answers(page)).password === '', 'The page repeats a password.');
});

tell('a colleague is invited, joins with a password and an authenticator app, signs out and signs in again', async (visitor) => {
  const printed = await visitor.command('staff', 'add', '--role', 'desk', '--address', visitor.origin);
  const invitation = printed.match(/^http\S+/)?.[0];
  check(invitation, `The program printed: ${printed}`);
  const email = 'nia.howell@segfl.example';

  const page = await visitor.visit(invitation);
  await everyFace(page);
  await answer(page, { name: 'Nia Howell', email, password: 'short', totp: '1' });
  await send(page);
  check((await errorSummary(page)).length === 2, 'The password and the code are not what is told.');
  check((await answers(page)).name === 'Nia Howell', 'The form lost the name.');
  await everyFace(page);

  const secret = await page.locator('main form code').innerText();
  await answer(page, { password, totp: code(secret) });
  await press(page, 'Join');
  await checkShows(page, /waits? for an answer/);
  await press(page, 'Sign out');
  checkNone(await kept(page), 'The device keeps');

  await page.goto(new URL('/staff/sign-in', page.url()).href);
  await signIn(page, email, password, code(secret)); // used when joining
  check(/did not match/.test((await errorSummary(page)).join()), 'A code is taken twice.');
  await signIn(page, email, password, code(secret, 1));
  await checkShows(page, /waits? for an answer/);

  const again = await visitor.visit(invitation, { status: 410 });
  await checkShows(again, 'This invitation is over');
  await everyFace(again);
});

async function signIn(page, email, secret, totp) {
  await answer(page, { email, password: secret, totp });
  await press(page, 'Sign in');
}

/** How often the operator was refused to answer enquiries, as the page of refusals counts. */
async function refusals(page) {
  await page.goto(new URL('/staff/refusals', page.url()).href);
  const row = page.locator('main tbody tr').filter({ hasText: 'operator' }).filter({ hasText: 'answer-enquiries' });
  return (await row.count()) === 0 ? 0 : Number(await row.locator('td.number').innerText());
}

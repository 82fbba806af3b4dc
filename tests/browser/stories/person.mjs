// What a person who asked us may do: follow the enquiry, write again, see everything we hold, correct it, take it away, withdraw it.

import { readFile } from 'node:fs/promises';
import { check, checkNone, tell } from '../harness.mjs';
import { axe, cookies, everyFace, kept, printed, reflow } from '../faces.mjs';
import { answer, answers, checkHides, checkShows, errorSummary, follow, press, sameAnswers, send } from '../forms.mjs';
import { asked, enquire, letter, mailedCode, open, privateLink, prove, typed, withdraw } from '../demo.mjs';

const soon = 'It is a small school.\n\nWe would like an answer before Easter.';

tell('the letters of an enquiry stand on the mail page, with a private link that only the letter has', async (visitor) => {
  const { reference, asks } = await asked(visitor);
  const page = await letter(visitor, 'We have received your enquiry', reference);
  await checkShows(page, reference, asks.email, /private link/i);
  await checkHides(page, asks.name, 'broadband of 1 Gbit/s');
  await everyFace(page);
  await everyFace(await visitor.mailbox());
});

tell('a private link that is only looked at changes nothing; its button opens the enquiry, as often as one likes', async (visitor) => {
  const { link } = await asked(visitor);
  const page = await visitor.visit(link);
  await page.reload();
  checkNone(await kept(page), 'Looking leaves on the device');
  await everyFace(page);
  await press(page, 'Open my enquiry');
  await open(page, link);
  const [session, ...others] = await cookies(page);
  check(session.httpOnly && session.secure && session.sameSite === 'Lax' && others.length === 0, 'The cookie is not closed to script and to other sites.');
  const minutes = (session.expires - Date.now() / 1_000) / 60;
  check(minutes > 28 && minutes < 31, `The cookie stays for ${Math.round(minutes)} minutes.`);
});

tell('a link that was never given leads to the page that sends a new one', async (visitor) => {
  const page = await visitor.visit(`/enquiries/link/${'A'.repeat(43)}`, { status: 404 });
  await checkShows(page, /does not work any more/, 'Send me a new link');
  await everyFace(page);
});

tell('a person reads what was written, writes again, and an empty message loses nothing', async (visitor) => {
  const { page, reference, asks } = await asked(visitor);
  await checkShows(page, reference, /answer by/, asks.message);
  await everyFace(page);

  await press(page, 'Send this message');
  await errorSummary(page);
  await checkShows(page, asks.message);
  await everyFace(page);

  await answer(page, { message: soon });
  await press(page, 'Send this message');
  await checkShows(page, /your message is with us/i, asks.message, 'It is a small school.');
});

tell('your data shows every value with why, until when and who opened it, as a picture, a table and facts', async (visitor) => {
  const { page, asks } = await asked(visitor);
  await follow(page, page.locator('main a[href="/enquiries/mine/data"]').first());
  await checkShows(page, /everything we hold/, ...typed(asks));

  const picture = page.locator('figure svg[role="img"]');
  check((await picture.count()) === 1, 'There is no picture.');
  check(/deleted/.test(await picture.locator('title').textContent()), 'The picture does not say what it shows.');
  const bars = await picture.locator('rect.past').count();
  const rows = await page.locator('figure table tbody tr').count();
  check(bars > 0 && bars === rows, `The picture has ${bars} bars, the table beside it ${rows} rows.`);

  const facts = await page.locator('section.fact').evaluateAll((all) => all.map((fact) => fact.textContent));
  check(facts[0].includes('You, '), 'It does not say that the person looked themself.');
  checkNone(facts.filter((fact) => ![/Why/, /Until/, /seen/i].every((about) => about.test(fact))), 'A fact does not say why, until when or who saw it');
  await everyFace(page);
});

tell('an act is proved with a mailed code: a wrong one is refused kindly, and after five the code is over', async (visitor) => {
  const { page, reference } = await asked(visitor);
  await page.goto(new URL('/enquiries/mine/code?act=withdraw', page.url()).href);
  await checkShows(page, /need a code/);
  await everyFace(page);
  await press(page, 'Send me a code');
  await everyFace(page);
  await send(page);
  check((await errorSummary(page)).join() === 'Enter the code from our e-mail', 'An empty code is not asked for.');

  const right = await mailedCode(visitor, reference, 'Withdraw');
  const wrong = right === '000000' ? '111111' : '000000';
  for (const said of ['four', 'three', 'two', 'one']) {
    await answer(page, { code: wrong });
    await send(page);
    const [sentence] = await errorSummary(page);
    check(/try left|tries left/.test(sentence), `With ${said} left it says: ${sentence}`);
  }
  await everyFace(page);
  await answer(page, { code: wrong });
  await send(page);
  await checkShows(page, /fifth/, 'Send me a code');
  await everyFace(page);
});

tell('a person changes their details behind a mailed code; the new address gets the new link', async (visitor) => {
  const person = await asked(visitor);
  const { page, reference, link, asks } = person;
  await prove(visitor, person, 'Change my details', everyFace);
  check((await answers(page)).name === asks.name, 'The form does not begin with what we hold.');
  await everyFace(page);

  await answer(page, { name: 'Aoife O’Neil-Byrne', email: 'aoife@', role: '' });
  const before = await answers(page);
  await send(page);
  check((await errorSummary(page)).length === 1, 'The one mistake is not the one that is told.');
  sameAnswers(await answers(page), before);
  await everyFace(page);

  await answer(page, { email: 'office@hillside.example' });
  await send(page);
  await checkShows(page, /nothing is saved yet/i, asks.name, 'Aoife O’Neil-Byrne', asks.email, 'office@hillside.example', 'Not given');
  await everyFace(page);
  await press(page, 'Go back and edit');
  check((await answers(page)).email === 'office@hillside.example', 'Going back loses what was typed.');
  await send(page);
  await press(page, 'Save the change');
  await checkShows(page, /details are changed/, 'office@hillside.example');

  await page.goto(link);
  await checkShows(page, /does not work any more/);
  await open(page, await privateLink(visitor, 'has changed', reference, 'office@hillside.example'));
});

tell('a person downloads everything behind a mailed code, as a file for programs and as one to read', async (visitor) => {
  const person = await asked(visitor);
  const { page, reference, asks } = person;
  await prove(visitor, person, 'Download my data');
  await everyFace(page);

  const file = JSON.parse(await downloaded(page, 'JSON', `${reference}.json`));
  const values = file.holdings.flatMap((holding) => holding.fields.map((field) => field.value));
  checkNone(typed(asks).filter((value) => !values.includes(value)), 'The file for programs lacks');
  check(file.reference === reference && /^[0-9a-f]{64}$/.test(file.notice.digest), 'The file does not say what it is and under which notice.');
  checkNone(file.holdings.filter((one) => one.purposes.length === 0 || one.openings.length === 0).map((one) => one.title), 'It does not say why, or who opened it');

  const link = page.getByRole('link', { name: 'Both, with proofs' });
  const [archive] = await Promise.all([page.waitForEvent('download'), link.click()]);
  check(archive.suggestedFilename().endsWith(`${reference}.zip`), `The archive is called ${archive.suggestedFilename()}.`);
  check((await readFile(await archive.path())).subarray(0, 2).toString() === 'PK', 'The archive is none.');

  const copy = await visitor.unfold(await downloaded(page, 'A page to read', `${reference}.html`));
  await checkShows(copy, 'South East Grid for Learning', ...typed(asks), 'Why', 'Until', /Seen by/i);
  await axe(copy);
  await reflow(copy);
  await printed(copy);
});

tell('a person withdraws behind a mailed code: closed at once, open again when cancelled, closed again', async (visitor) => {
  const person = await asked(visitor);
  const { page, reference, asks } = person;
  await withdraw(visitor, person, everyFace);
  await checkHides(page, ...typed(asks));
  await everyFace(page);
  await page.goto(new URL('/enquiries/mine/data', page.url()).href);
  await checkHides(page, ...typed(asks));

  await everyFace(await letter(visitor, 'You have withdrawn your enquiry', reference));
  await press(page, 'Keep my enquiry after all');
  await checkShows(page, /open again/, asks.message);
  await page.goto(new URL('/enquiries/mine/data', page.url()).href);
  await checkShows(page, ...typed(asks));

  await page.goto(new URL('/enquiries/mine', page.url()).href);
  await press(page, 'Withdraw my enquiry'); // proved a moment ago
  await press(page, 'Withdraw my enquiry');
  await checkShows(page, /withdrawn/i);
  await press(page, 'Close this page in this browser');
  checkNone(await kept(page), 'The device keeps');
});

tell('a person closes the enquiry in this browser, and nothing of it stays there', async (visitor) => {
  const { page } = await asked(visitor);
  await press(page, 'Close my enquiry in this browser');
  checkNone(await kept(page), 'The device keeps');
  await page.goto(new URL('/enquiries/mine/data', page.url()).href);
  check(new URL(page.url()).pathname === '/enquiries/find', `It leads to ${page.url()}.`);
});

tell('a lost link is sent again, and the page does not say whether reference and address belong together', async (visitor) => {
  const { reference, asks } = await asked(visitor);
  const page = await visitor.visit('/enquiries/find');
  await answer(page, { reference: 'SEVEN', email: asks.email });
  const before = await answers(page);
  await send(page);
  check((await errorSummary(page)).length === 1, 'A misspelt reference is not told.');
  sameAnswers(await answers(page), before);
  await everyFace(page);

  await answer(page, { reference, email: 'somebody.else@hillside.example' });
  await send(page);
  const told = await page.locator('main').innerText();
  await everyFace(page);
  const all = (await visitor.mailbox()).locator('main a').filter({ hasText: reference });
  check((await all.count()) === 1, 'A stranger was sent a link.');

  await follow(page, page.getByRole('link', { name: 'Try again' }));
  await answer(page, { reference: reference.toLowerCase().replaceAll('-', ' '), email: asks.email });
  await send(page);
  check((await page.locator('main').innerText()) === told, 'The page tells the two apart.');
  await open(page, await privateLink(visitor, 'link', reference));
});

tell('the whole way of a person works without script', async (visitor) => {
  const without = { script: false };
  await enquire(await visitor.visit('/enquiries/new', without));
  const person = await asked(visitor, without);
  const { page, reference, asks } = person;
  await answer(page, { message: soon });
  await press(page, 'Send this message');
  await prove(visitor, person, 'Change my details');
  await answer(page, { telephone: '01632 960 002' });
  await send(page);
  await press(page, 'Save the change');
  await checkShows(page, '01632 960 002');
  await prove(visitor, person, 'Download my data');
  check(JSON.parse(await downloaded(page, 'JSON', `${reference}.json`)).reference === reference, 'The file is another’s.');
  await page.goto(new URL('/enquiries/mine', page.url()).href);
  await withdraw(visitor, person);
  await press(page, 'Keep my enquiry after all');
  await checkShows(page, asks.message);
});

/** The text of a file that a link downloads; its name ends as given. */
async function downloaded(page, words, ending) {
  const link = page.locator('main li', { hasText: words }).getByRole('link');
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  check(download.suggestedFilename().endsWith(ending), `The file is called ${download.suggestedFilename()}.`);
  return readFile(await download.path(), 'utf8');
}

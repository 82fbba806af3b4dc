// What time does: the demonstration's clock is moved, each day on the way is run, and what was promised to end ends.

import { check, checkNone, tellAlone } from '../harness.mjs';
import { everyFace } from '../faces.mjs';
import { answer, checkHides, checkShows, press } from '../forms.mjs';
import { asked, daysAfter, isoOf, letter, moveClock, open, openOnDesk, privateLink, today, withdraw, workAs } from '../demo.mjs';

const desk = 'Asha Rahman';
const closedDays = 90;
const warningDays = 14;
const keyDays = 13; // from a deletion until the key of its day is destroyed

tellAlone('what was withdrawn is destroyed after a week: its link leads to the page that kindly says so, and the desk finds nothing', async (visitor) => {
  const person = await asked(visitor);
  await withdraw(visitor, person);
  const link = await privateLink(visitor, 'You have withdrawn your enquiry', person.reference);
  const clock = await visitor.visit('/demo');
  const began = await today(clock);
  const day = await moveClock(clock, 'One day on', 6);
  check(day === daysAfter(began, 6), `Six days after ${began} the clock says ${day}.`);
  await person.page.goto(link);
  await press(person.page, 'Open my enquiry');
  await checkShows(person.page, /withdrawn/i, 'Keep my enquiry after all');

  await moveClock(clock, 'One day on');
  await everyFace(clock);
  await checkShows(clock, 'The last move', 'Records erased');
  await gone(visitor, person.page, link, person.reference);

  const receipt = await letter(visitor, 'is deleted: a receipt', person.reference);
  await everyFace(receipt);
  const text = await receipt.locator('main').innerText();
  await checkShows(await checked(visitor, text), 'A genuine receipt', /It was decided to delete/, /expected to be destroyed by/);
  await moveClock(clock, 'One day on', keyDays);
  const page = await checked(visitor, text);
  await checkShows(page, 'A genuine receipt', /Unreadable in every copy since/, 'Save the second entry');
  await everyFace(page);
});

tellAlone('an enquiry that the desk closed is deleted after 90 days, and its person hears of it 14 days before', async (visitor) => {
  const person = await asked(visitor);
  const page = await workAs(visitor, desk);
  await openOnDesk(page, person.reference);
  await press(page, 'Close the enquiry');
  const clock = await visitor.visit('/demo');
  const closedOn = await today(clock);
  const dueOn = daysAfter(closedOn, closedDays);

  await moveClock(clock, 'One week on', 11); // 77 days: one day after the warning
  const warning = await letter(visitor, 'will be deleted soon', person.reference);
  const words = await warning.locator('main').innerText();
  await everyFace(warning);
  const sentOn = isoOf(words.match(/Day\s+(\w+ \d+ \w+ \d{4})/)[1]);
  check(sentOn === daysAfter(dueOn, -warningDays), `It falls due on ${dueOn}, and the letter is of ${sentOn}.`);
  check(isoOf(words.match(/on (\w+ \d+ \w+ \d{4})/)[1]) === dueOn, `The letter does not name ${dueOn}.`);
  const link = await privateLink(visitor, 'will be deleted soon', person.reference);
  await open(person.page, link);
  await checkShows(person.page, 'in 13 days');

  await moveClock(clock, 'One day on', 12);
  await open(person.page, link);
  await moveClock(clock, 'One day on');
  check((await today(clock)) === dueOn, `The clock does not stand at ${dueOn}.`);
  await gone(visitor, person.page, link, person.reference);
});

tellAlone('the retention page shows the runs of the days that passed', async (visitor) => {
  const page = await workAs(visitor, desk);
  await page.goto(new URL('/staff/retention', page.url()).href);
  const runs = await page.locator('main table', { hasText: 'Newest first' }).locator('tbody tr').evaluateAll((rows) => rows.map((row) => row.innerText));
  check(runs.some((run) => run.startsWith('Records deleted')), `The last runs are: ${runs.join('; ')}`);
  checkNone(runs.filter((run) => /Failed|Waited/.test(run)), 'A run did not do its work');
  await everyFace(page);
});

/** What the page of receipts says of a text. */
async function checked(visitor, text) {
  const page = await visitor.visit('/receipt');
  await answer(page, { receipt: text });
  await press(page, 'Check it');
  return page;
}

/** Nothing opens an enquiry any more: not its link, not the desk, not its confirmation. */
async function gone(visitor, page, link, about) {
  await page.goto(link);
  await checkShows(page, /does not work any more/, /deleted/, 'Send me a new link');
  await everyFace(page);
  const staff = await workAs(visitor, desk);
  await checkHides(staff, about);
  await staff.goto(new URL(`/staff/enquiries/${about}`, staff.url()).href);
  await checkShows(staff, 'Page not found');
  await visitor.visit(`/enquiries/sent/${about}`, { status: 404 });
}

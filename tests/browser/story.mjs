// The story: what a reader meets, sentence by sentence, in a real browser against the demonstration.

import { answer, answers, bytes, check, checkNone, errorSummary, everyFace, focusWalk, kept, run, tell } from './harness.mjs';

const publicPages = ['/', '/privacy', '/cookies', '/accessibility', '/enquiries/new'];
const largestPageBytes = 12 * 1024;

const enquiry = {
  topic: undefined,
  name: "Aoife O'Neil",
  email: 'aoife.oneil@hillside.example',
  school: 'Hillside Primary & Nursery',
  role: 'School business manager',
  telephone: '01632 960 001',
  message: 'May we have broadband of 1 Gbit/s by <September>?\nOur line is "slow" today.',
};

for (const path of publicPages) {
  tell(`${path} is accessible in every face, by keyboard, at 320 px and on paper`, async (visitor) => {
    await everyFace(await visitor.visit(path));
  });

  tell(`${path} leaves nothing on the visitor's device`, async (visitor) => {
    checkNone(await kept(await visitor.visit(path)), 'The device keeps');
  });

  tell(`${path} and its style sheet cross the wire in at most ${largestPageBytes / 1024} KB`, async (visitor) => {
    const size = await bytes(await visitor.visit(path));
    check(size > 0 && size <= largestPageBytes, `They take ${size} bytes.`);
  });

  tell(`${path} has one main heading, a title and a language, and the keyboard meets the skip link first`, async (visitor) => {
    const page = await visitor.visit(path);
    check((await page.locator('h1').count()) === 1, `There are ${await page.locator('h1').count()} main headings.`);
    check((await page.title()).trim() !== '', 'There is no title.');
    check((await page.locator('html').getAttribute('lang'))?.startsWith('en'), 'The language is not stated.');
    const [first] = await focusWalk(page);
    check(/skip/i.test(first), `The keyboard meets ${first} first.`);
  });
}

tell('the home page leads to the notice, the cookies, the accessibility statement and the enquiry', async (visitor) => {
  const page = await visitor.visit('/');
  for (const path of publicPages.slice(1)) {
    check((await page.locator(`a[href="${path}"]`).count()) > 0, `There is no link to ${path}.`);
  }
});

tell('the privacy notice begins with a summary and gives each clause an address', async (visitor) => {
  const page = await visitor.visit('/privacy');
  const firstHeading = await page.locator('main h2').first().innerText();
  check(/summary|in short|at a glance/i.test(firstHeading), `The first heading is "${firstHeading}".`);
  const ids = await page.locator('main [id]').evaluateAll((all) => all.map(({ id }) => id));
  check(ids.length >= 10, `Only ${ids.length} places of the notice have an address.`);
  check(new Set(ids).size === ids.length, 'An address is used twice.');
});

tell('every link within the public pages leads somewhere', async (visitor) => {
  const broken = [];
  const seen = new Set();
  for (const path of publicPages) {
    const page = await visitor.visit(path);
    const links = await page.locator('a[href]').evaluateAll((all) => all.map(({ href }) => href));
    for (const link of links.filter((href) => href.startsWith(visitor.origin) && !seen.has(href))) {
      seen.add(link);
      if (!(await leads(page, link))) broken.push(`${path}: ${link}`);
    }
  }
  checkNone(broken, 'These links lead nowhere');
});

tell('the cookies page lists every cookie in a table that says how long it stays', async (visitor) => {
  const page = await visitor.visit('/cookies');
  check((await page.locator('main table caption').count()) > 0, 'There is no table with a caption.');
  check((await page.locator('main table tbody tr').count()) > 0, 'The table is empty.');
});

tell('an empty enquiry is answered with a summary of what is missing', async (visitor) => {
  const page = await visitor.visit('/enquiries/new');
  await send(page);
  const sentences = await errorSummary(page);
  check(sentences.some((sentence) => /name/i.test(sentence)), `Nothing is said about the name: ${sentences.join('; ')}`);
  check(sentences.some((sentence) => /e-mail/i.test(sentence)), `Nothing is said about the e-mail address: ${sentences.join('; ')}`);
});

tell('an enquiry with a mistake is accessible and keeps everything that was typed', async (visitor) => {
  const page = await visitor.visit('/enquiries/new');
  await answer(page, { ...enquiry, email: 'aoife.oneil@' });
  const typed = await answers(page);
  await send(page);
  const sentences = await errorSummary(page);
  check(sentences.length === 1 && /e-mail/i.test(sentences[0]), `The summary says: ${sentences.join('; ')}`);
  sameAnswers(await answers(page), typed);
  await everyFace(page);
});

tell('an enquiry is checked, changed without loss, sent, and confirmed with a reference', async (visitor) => {
  await enquire(await visitor.visit('/enquiries/new'), everyFace);
});

tell('an enquiry can be made without script', async (visitor) => {
  await enquire(await visitor.noScript('/enquiries/new'));
});

tell('an enquiry that is sent twice is made once', async (visitor) => {
  const page = await visitor.visit('/enquiries/new');
  await answer(page, enquiry);
  await send(page);
  const form = await page.locator('main form:has([name=form])').last().evaluate((element) => Object.fromEntries(new FormData(element)));
  const twice = { form, headers: { origin: visitor.origin, 'sec-fetch-site': 'same-origin' } };
  const first = reference(await (await page.request.post(`${visitor.origin}/enquiries`, twice)).text());
  const second = reference(await (await page.request.post(`${visitor.origin}/enquiries`, twice)).text());
  check(first === second, `The first answer says ${first}, the second ${second}.`);
});

tell('an enquiry sent by another site is refused', async (visitor) => {
  const page = await visitor.visit('/enquiries/new');
  const foreign = { form: { form: 'x' }, headers: { origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' } };
  const status = (await page.request.post(`${visitor.origin}/enquiries`, foreign)).status();
  check(status === 403, `It was answered with ${status}.`);
});

await run();

/** Makes one enquiry from the question page to the confirmation; `look` examines each page on the way. */
async function enquire(page, look = async () => {}) {
  await answer(page, enquiry);
  const typed = await answers(page);
  await send(page);

  await look(page);
  for (const text of Object.values(enquiry).filter(Boolean)) await checkShows(page, text);
  await follow(page, change(page));
  sameAnswers(await answers(page), typed);

  await answer(page, { school: 'Riverside Academy' });
  await send(page);
  await checkShows(page, 'Riverside Academy');
  await checkShows(page, enquiry.name);

  await send(page);
  await look(page);
  const given = reference(await page.locator('main').innerText());
  await page.reload();
  check(reference(await page.locator('main').innerText()) === given, 'The reference changed when the page was loaded again.');
}

/** Presses the button that takes the form onwards. */
async function send(page) {
  await follow(page, page.locator('main form button:not([name])').last());
}

/** Presses a link or button and waits for the page it leads to. */
async function follow(page, control) {
  await Promise.all([page.waitForEvent('load'), control.click()]);
}

/** The first way back from the check page to a question: a link or a button, as the page prefers. */
function change(page) {
  return page.getByRole('link', { name: /^change/i }).or(page.getByRole('button', { name: /^change/i })).first();
}

async function checkShows(page, text) {
  const shown = (await page.locator('main').innerText()).replace(/\s+/g, ' ');
  check(shown.includes(text.replace(/\s+/g, ' ')), `${page.url()} does not show "${text}".`);
}

function sameAnswers(now, before) {
  const lines = (value) => value?.replaceAll('\r\n', '\n');
  checkNone(Object.keys(before).filter((id) => lines(now[id]) !== lines(before[id])), 'The form lost what was typed in');
}

/** The reference that a confirmation shows: a code of capital letters and digits, named as such. */
function reference(text) {
  const words = text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
  const found = words.match(/[Rr]eference[^A-Z0-9]{0,60}\b([A-Z0-9]{2,}(?:-[A-Z0-9]+)*)\b/)?.[1];
  check(found, 'The confirmation shows no reference.');
  return found;
}

/** Whether a link of ours is answered and, where it names a place within a page, that place is there. */
async function leads(page, link) {
  const answered = await page.request.get(link);
  if (!answered.ok()) return false;
  const place = decodeURIComponent(new URL(link).hash.slice(1));
  return place === '' || (await answered.text()).includes(`id="${place}"`);
}

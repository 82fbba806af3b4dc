// What everybody may read and do: the public pages, and the way of an enquiry up to its confirmation.

import { check, checkNone, tell } from '../harness.mjs';
import { everyFace, kept } from '../faces.mjs';
import { answer, answers, checkShows, errorSummary, follow, keyOn, press, sameAnswers, send, tabTo } from '../forms.mjs';
import { confirmed, enquire, enquiry, reference, typed } from '../demo.mjs';

const publicPages = ['/', '/privacy', '/privacy/history', '/cookies', '/accessibility', '/enquiries/new', '/enquiries/find', '/log', '/receipt', '/demo', '/demo/mail'];
// A proof in the right form, signed by nobody.
const foreign = ['c2sp.org/tlog-proof@v1', 'index 0', '', 'other.example/log', '1', `${'A'.repeat(43)}=`, '', '— other.example/log AAAA', ''].join('\n');
const linkedFromHome = ['/privacy', '/cookies', '/accessibility', '/enquiries/new', '/enquiries/find'];

for (const path of publicPages) {
  tell(`${path} works in every face, by keyboard, at 320 px and on paper, and leaves nothing on the device`, async (visitor) => {
    const page = await visitor.visit(path);
    const [first] = await everyFace(page);
    check(/skip/i.test(first), `The keyboard meets ${first} first.`);
    checkNone(await kept(page), 'The device keeps');
    check((await page.locator('h1').count()) === 1, `There are ${await page.locator('h1').count()} main headings.`);
    check((await page.title()).trim() !== '', 'There is no title.');
    check((await page.locator('html').getAttribute('lang'))?.startsWith('en'), 'The language is not stated.');
  });
}

tell('the home page leads to the notice, the cookies, the accessibility statement and the enquiry', async (visitor) => {
  const page = await visitor.visit('/');
  for (const path of linkedFromHome) {
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

tell('a published version of the notice stands for good at an address of its own', async (visitor) => {
  const page = await visitor.visit('/privacy/history');
  await follow(page, page.locator('main tbody th a').last());
  await everyFace(page);
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

tell('a page that is not there says so in our own face', async (visitor) => {
  const page = await visitor.visit('/nowhere', { status: 404 });
  await checkShows(page, 'Page not found', 'What to do');
  await everyFace(page);
});

tell('a text that is no receipt is told, and one that nobody of ours signed is not believed', async (visitor) => {
  const page = await visitor.visit('/receipt');
  await press(page, 'Check it');
  check((await errorSummary(page)).length === 1, 'It is not told that nothing was pasted.');
  await everyFace(page);
  await answer(page, { receipt: foreign });
  await press(page, 'Check it');
  await checkShows(page, 'Not a genuine receipt', 'or it was changed');
  await everyFace(page);
});

// ---- The way of an enquiry ---------------------------------------------------------------------------------------------------

tell('an empty enquiry is answered with a summary of what is missing', async (visitor) => {
  const page = await visitor.visit('/enquiries/new');
  await send(page);
  const sentences = await errorSummary(page);
  check(sentences.some((sentence) => /name/i.test(sentence)), `Nothing is said about the name: ${sentences.join('; ')}`);
  check(sentences.some((sentence) => /e-mail/i.test(sentence)), `Nothing is said about the e-mail address: ${sentences.join('; ')}`);
});

tell('an enquiry with a mistake is accessible and keeps everything that was typed', async (visitor) => {
  const page = await visitor.visit('/enquiries/new');
  await answer(page, { ...enquiry(), email: 'aoife.oneil@' });
  const before = await answers(page);
  await send(page);
  const sentences = await errorSummary(page);
  check(sentences.length === 1 && /e-mail/i.test(sentences[0]), `The summary says: ${sentences.join('; ')}`);
  sameAnswers(await answers(page), before);
  await everyFace(page);
});

tell('an enquiry is checked, changed without loss, sent, and confirmed with a reference', async (visitor) => {
  await enquire(await visitor.visit('/enquiries/new'), everyFace);
});

tell('an enquiry is made from the home page to the confirmation with the keyboard alone', async (visitor) => {
  const page = await visitor.visit('/');
  const asks = enquiry();
  await tabTo(page, 'main a[href="/enquiries/new"]');
  await keyOn(page, 'Enter');

  for (const id of ['name', 'email', 'school', 'role', 'telephone', 'topic', 'message']) {
    await tabTo(page, `[name="${id}"]`);
    if (id === 'topic') await chooseThird(page);
    else await page.keyboard.type(asks[id]);
  }
  const chosen = await page.locator('[name="topic"]').nth(2).evaluate((one) => [one.checked, one.labels[0].innerText]);
  check(chosen[0], 'The arrow keys do not choose the third topic.');
  await tabTo(page, 'main form button');
  await keyOn(page, 'Enter');

  await checkShows(page, ...typed(asks), chosen[1]);
  await tabTo(page, 'main form button:not([name])');
  await keyOn(page, 'Space');
  await confirmed(page);
});

tell('an enquiry can be made without script', async (visitor) => {
  await enquire(await visitor.visit('/enquiries/new', { script: false }));
});

tell('an enquiry that is sent twice is made once', async (visitor) => {
  const page = await visitor.visit('/enquiries/new');
  await answer(page, enquiry());
  await send(page);
  const form = await page.locator('main form:has([name=form])').last().evaluate((element) => Object.fromEntries(new FormData(element)));
  const twice = { form, headers: { origin: visitor.origin, 'sec-fetch-site': 'same-origin' } };
  const first = reference(await (await page.request.post(`${visitor.origin}/enquiries`, twice)).text());
  const second = reference(await (await page.request.post(`${visitor.origin}/enquiries`, twice)).text());
  check(first === second, `The first answer says ${first}, the second ${second}.`);
});

tell('a form that was changed on its way is not sent, and the page says what to do', async (visitor) => {
  const page = await visitor.visit('/enquiries/new');
  await answer(page, enquiry());
  await send(page);
  await page.locator('main form [name="form"]').evaluate((input) => { input.value = 'changed'; });
  await press(page, 'Send your enquiry');
  await checkShows(page, /nothing was sent/i, 'Start again');
  await everyFace(page);
});

tell('the sixth enquiry from one address on one day is refused kindly, and nothing that was typed is lost', async (visitor) => {
  const page = await visitor.visit('/enquiries/new');
  const asks = enquiry();
  for (let times = 0; times < 6; times += 1) {
    await page.goto(new URL('/enquiries/new', page.url()).href);
    await answer(page, asks);
    await send(page);
    await press(page, 'Send your enquiry');
  }
  await checkShows(page, /five enquiries/);
  check((await answers(page)).message.replaceAll('\r\n', '\n') === asks.message, 'The message is lost.');
  await everyFace(page);
});

tell('an enquiry sent by another site is refused', async (visitor) => {
  const page = await visitor.visit('/enquiries/new');
  const foreign = { form: { form: 'x' }, headers: { origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' } };
  const status = (await page.request.post(`${visitor.origin}/enquiries`, foreign)).status();
  check(status === 403, `It was answered with ${status}.`);
});

/** The keyboard stands on the first of a group of radio buttons: Space chooses it, and the arrow keys choose others. */
async function chooseThird(page) {
  for (const key of ['Space', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
}

/** Whether a link of ours is answered and, where it names a place within a page, that place is there. */
async function leads(page, link) {
  const answered = await page.request.get(link);
  if (!answered.ok()) return false;
  const place = decodeURIComponent(new URL(link).hash.slice(1));
  return place === '' || (await answered.text()).includes(`id="${place}"`);
}

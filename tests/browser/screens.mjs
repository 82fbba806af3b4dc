// The screens that the story meets: which there are, which were examined, and what each weighs on the wire.
//
// Invariant: a screen is one template in one state, known by its address without ids and its title, so that a page that the story
// only passes through, and nobody looked at, is found at the end.

const met = new Map();
let sheet = 0;

/** Notes that a page is there. */
export async function meet(page) {
  if (page.url().startsWith('http')) await screenOf(page);
}

/** Notes that a page was examined in every face. */
export async function examined(page) {
  (await screenOf(page)).examined = true;
}

/** Notes what a page or a style sheet weighs on the wire, headers included. A form with errors repeats what was typed, however long. */
export async function weigh(request) {
  const kind = request.resourceType();
  if (kind !== 'document' && kind !== 'stylesheet') return;
  const response = await request.response();
  const { responseHeadersSize, responseBodySize } = await request.sizes();
  const bytes = responseHeadersSize + responseBodySize;
  // Style sheets are cached: what a first visitor takes is the page and its sheet together.
  if (kind === 'stylesheet') sheet = Math.max(sheet, bytes);
  else if (isPage(response)) weighed(request.url(), bytes);
}

/** Screens that the story met and did not examine. */
export function unexamined() {
  return [...met.values()].filter((one) => !one.examined).map((one) => one.name);
}

/** Addresses whose page and style sheet are heavier than so many bytes, with their weight. */
export function heavier(limit) {
  return [...weights].filter(([, bytes]) => bytes + sheet > limit).map(([place, bytes]) => `${place}: ${bytes + sheet} bytes`);
}

/** The heaviest page with its style sheet, in bytes. */
export function heaviest() {
  return Math.max(0, ...weights.values()) + sheet;
}

/** The name of a screen, for a file: letters, digits and hyphens. */
export async function fileName(page) {
  return (await screenOf(page)).name.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '').toLowerCase();
}

const weights = new Map();

function weighed(url, bytes) {
  const place = placeOf(url);
  weights.set(place, Math.max(bytes, weights.get(place) ?? 0));
}

function isPage(response) {
  const { 'content-type': type = '', 'content-disposition': disposition = '' } = response?.headers() ?? {};
  return response?.ok() && type.startsWith('text/html') && !disposition.startsWith('attachment');
}

async function screenOf(page) {
  // Both at once: the page may be left while they are asked.
  const [url, title] = await page.evaluate(() => [location.href, document.title]);
  const name = nameOf(url, title);
  if (!met.has(name)) met.set(name, { name, examined: false });
  return met.get(name);
}

function nameOf(url, title) {
  const place = placeOf(url);
  const heading = title.split(' – ')[0].replace(/ENQ-[A-Z0-9-]+/, '*');
  // Letters share one template, and each has a subject of its own; a page that is not there is the same everywhere.
  if (place === '/demo/mail/*') return place;
  return heading === 'Page not found' ? heading : `${place} “${heading}”`;
}

/** An address without ids: references, tokens and digests become `*`, and of the query only the purpose of an opening stays. */
function placeOf(url) {
  const { pathname, searchParams } = new URL(url);
  const path = pathname.split('/').map((part) => (/^ENQ-|^[A-Za-z0-9_-]{20,}$/.test(part) ? '*' : part)).join('/');
  return searchParams.has('for') ? `${path}?for` : path;
}

// What holds for every page that the story has met: this file is told last.

import { check, checkNone, tellAlone } from '../harness.mjs';
import { heavier, heaviest, unexamined } from '../screens.mjs';

const largestPageBytes = 12 * 1024;

tellAlone('every screen that the story met was examined in every face', async () => {
  checkNone(unexamined(), 'Nobody examined');
});

tellAlone(`every page that the story met crosses the wire with its style sheet in at most ${largestPageBytes / 1024} KB`, async () => {
  check(heaviest() > 0, 'No page was weighed.');
  checkNone(heavier(largestPageBytes), 'Too heavy');
});

// The story: what people meet, sentence by sentence, in a real browser against the demonstration.
//
// The sentences that move the clock are told alone: the days that they let pass end sessions, links and enquiries for everybody. The
// last ones are about all pages that were met on the way.

import { run } from './harness.mjs';
import './stories/public.mjs';
import './stories/person.mjs';
import './stories/staff.mjs';
import './stories/clock.mjs';
import './stories/all.mjs';

await run();

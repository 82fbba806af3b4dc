import { run, tell } from './harness.mjs';
import { answer, send, press } from './forms.mjs';
import { enquiry } from './demo.mjs';
tell('x', async (v) => { for (let i=0;i<14;i++) { const page = await v.visit('/enquiries/new'); await answer(page, enquiry); await send(page); await press(page, 'Send your enquiry'); console.log(i, page.url(), (await page.locator('main').innerText()).slice(0,150)); } });
await run(/./);

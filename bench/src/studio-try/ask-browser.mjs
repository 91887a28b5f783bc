/**
 * `node ask-browser.mjs LINK RUN INDICES`: opens a studio in Chromium and has the worker of its page answer test images,
 * one after the other, on squares that the server sends without loss. Prints backend, classes, logits and milliseconds.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const [link, run, indices] = process.argv.slice(2);
const { files } = JSON.parse(readFileSync(path.join(ROOT, 'dist/studio-page/files.json'), 'utf8'));
const worker = files.find(({ name }) => /^assets\/student-worker-.*\.js$/.test(name)).name;

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
});
try {
  const page = await browser.newPage();
  await page.goto(new URL('/settings', link).href);
  const key = new URL(link).hash.replace('#key=', '');
  const asked = { key, run, worker: `/${worker}`, indices: indices.split(',').map(Number) };
  process.stdout.write(JSON.stringify(await page.evaluate(answerAll, asked)));
} finally {
  await browser.close();
}

/** Runs in the page. */
async function answerAll({ key, run, worker, indices }) {
  const bytes = async (address) => {
    const response = await fetch(address, { headers: { authorization: `Bearer ${key}` } });
    if (!response.ok) throw new Error(`${address}: ${response.status}`);
    return response.arrayBuffer();
  };
  const { trustedTypes } = globalThis;
  const policy = trustedTypes.createPolicy('winnow', { createScriptURL: (address) => address });
  const student = new Worker(policy.createScriptURL(worker), { type: 'module' });
  let id = 0;
  const ask = (kind, what) =>
    new Promise((resolve, reject) => {
      id += 1;
      student.onerror = () => reject(new Error('the worker ended'));
      student.onmessage = ({ data }) => ('error' in data ? reject(new Error(data.error)) : resolve(data.answer));
      student.postMessage({ id, kind, ask: what });
    });
  const facts = await ask('load', { weights: await bytes(`/api/try/${run}/weights`) });
  const found = { backend: facts.backend, classes: facts.classes, logits: [], millis: [] };
  for (const index of indices) {
    const address = `/api/try-squares?size=${facts.size}&policy=${facts.policy}&from=${index}`;
    const { logits, millis } = await ask('square', { square: new Uint8Array(await bytes(address)) });
    found.logits.push([...logits]);
    found.millis.push(millis);
  }
  return found;
}

/** One target for a while: `fuzz-process.mjs TARGET SEED END_MILLIS FOLDER`. The input at work is always in FOLDER/input. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { mutateBytes } from './mutate-bytes.mjs';
import { requireTypeScript } from '../require-typescript.mjs';
import { TARGETS } from './targets.mjs';

const REPORT_MILLIS = 500;
const MAX_FAILURES = 20;
/** An input that takes longer is worth a look. */
const SLOW_MILLIS = 500;

const [name, seed, end, folder] = process.argv.slice(2);
const { isWinnowError } = requireTypeScript('libs/contracts/src/index.ts');
const { SeededRandom } = requireTypeScript('libs/random/src/index.ts');
const counts = { inputs: 0, refused: 0, worstMillis: 0, peakMegabytes: 0, failures: [] };

const target = await TARGETS[name]({ folder, requireTypeScript });
if (target.skipped !== undefined) {
  process.send({ skipped: target.skipped });
} else {
  await fuzz(target, new SeededRandom(`${name}/${seed}`));
  await target.close?.();
}
process.disconnect();
// Servers and threads of a target do not keep the process.
process.exit(0);

async function fuzz({ corpus, run, tokens = [], maxBytes = 1_000_000 }, random) {
  const recent = new Map();
  let reported = 0;
  while (Date.now() < Number(end) && counts.failures.length < MAX_FAILURES) {
    const input = mutateBytes(corpus, { random, tokens, maxBytes });
    writeFileSync(path.join(folder, 'input'), input);
    const start = process.cpuUsage();
    try {
      await run(input);
    } catch (error) {
      counts.refused += 1;
      if (!isWinnowError(error)) fail(error, input, recent);
    }
    counts.inputs += 1;
    const { user, system } = process.cpuUsage(start);
    note((user + system) / 1000, input);
    if (performance.now() - reported < REPORT_MILLIS) continue;
    reported = performance.now();
    report();
    // Timers and the channel get a turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
  report();
}

function note(millis, input) {
  if (millis <= counts.worstMillis) return;
  counts.worstMillis = millis;
  if (millis > SLOW_MILLIS) counts.slowest = Buffer.from(input).toString('base64');
}

/** One input for each kind of error is enough. */
function fail(error, input, recent) {
  const reason = String(error?.stack ?? error).slice(0, 1500);
  const kind = reason.split('\n').slice(0, 3).join('\n').replace(/\d+/g, '0');
  if (recent.has(kind)) return;
  recent.set(kind, true);
  counts.failures.push({ reason, input: Buffer.from(input).toString('base64') });
}

function report() {
  counts.peakMegabytes = process.resourceUsage().maxRSS / 1024;
  process.send(counts);
}

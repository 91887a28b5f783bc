#!/usr/bin/env node
/**
 * What hostile input costs winnow at worst: processor seconds, memory of the process and its children, longest stall of the event loop.
 *   npm run bench -- attacks [NAME ...] [--checkout FOLDER] [--json]
 * Every attack is a module beside this one (`export default { finding, what, run }`); without names all run, one after the other.
 * --checkout measures another clone, for figures of before and after. The last line of --json is one object.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { measureWinnow } from './measure.mjs';

const FOLDER = import.meta.dirname;
const NAMES = readdirSync(FOLDER).flatMap((file) => /^(a\d\d-.+)\.mjs$/.exec(file)?.[1] ?? []);

const { values, positionals } = parseArgs({
  options: { checkout: { type: 'string' }, json: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !NAMES.includes(name));
if (unknown.length > 0) throw new Error(`There is no attack ${unknown.join(', ')}; there are ${NAMES.join(', ')}`);
const checkout = values.checkout === undefined ? undefined : path.resolve(values.checkout);

const rows = [];
for (const name of positionals.length > 0 ? positionals : NAMES) {
  const { default: attack } = await import(path.join(FOLDER, `${name}.mjs`));
  const folder = mkdtempSync(path.join(tmpdir(), 'winnow-attack-'));
  try {
    const winnow = (args, options = {}) => measureWinnow(args, { cwd: folder, checkout, ...options });
    for (const { of, outcome, ...measured } of await attack.run({ folder, winnow })) {
      const { stdout: _, stderr: __, ...figures } = measured;
      rows.push({ name, finding: attack.finding, what: of ?? attack.what, outcome, ...figures });
      show(rows.at(-1));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
if (values.json) process.stdout.write(`${JSON.stringify({ checkout: checkout ?? '.', rows })}\n`);

function show({
  finding,
  what,
  outcome,
  code,
  signal,
  cpuSeconds,
  baseMegabytes,
  peakMegabytes,
  longestStallMillis,
  wallSeconds,
}) {
  const ended = signal ?? `exit ${code}`;
  process.stderr.write(
    `${finding}  ${what}: ${outcome} (${ended}); ${cpuSeconds.toFixed(1)} s processor, ${wallSeconds.toFixed(1)} s wall, ` +
      `${peakMegabytes.toFixed(0)} MB (${baseMegabytes.toFixed(0)} before), longest stall ${longestStallMillis.toFixed(0)} ms\n`,
  );
}

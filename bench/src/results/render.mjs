// Writes docs/results.md from docs/results/runs.jsonl: npm run bench -- results render [--check]
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format } from 'oxfmt';
import { ROOT } from '../../../tools/ensure-dependencies.mjs';
import { PLAN } from './plan.mjs';
import { INTRODUCTION, SECTIONS } from './sections.mjs';
import { argumentsOf } from './row-text.mjs';
import { tableOf } from './tables.mjs';

const RUNS = path.join(ROOT, 'docs/results/runs.jsonl');
/** Rows of a group that are named as missing. */
const MAX_SHOWN = 3;
const PAGE = path.join(ROOT, 'docs/results.md');

/** The newest run of each row: measured again, a row replaces what was there. */
const newest = new Map();
for (const line of readFileSync(RUNS, 'utf8').trim().split('\n')) {
  const run = JSON.parse(line);
  newest.set(`${run.group} ${argumentsOf(run).join(' ')}`, run);
}
const runs = [...newest.values()];
const parts = SECTIONS.flatMap(({ title, text, groups, table, isNeeded = () => true, after = '' }) => {
  const rows = runs.filter(({ group }) => groups.includes(group));
  return !rows.some(isNeeded) ? [] : [`## ${title}`, text, tableOf(table, rows), after];
});
const missing = Object.entries(PLAN).flatMap(([group, rows]) => {
  const open = rows.filter((row) => !newest.has(`${group} ${row.join(' ')}`));
  if (open.length === 0) return [];
  const shown = open.slice(0, MAX_SHOWN).map((row) => `\`${row.join(' ').replaceAll(/[{}]/g, '')}\``);
  const more = open.length > MAX_SHOWN ? `, and ${open.length - MAX_SHOWN} more (\`--list\`)` : '';
  return [`- \`results measure ${group}\`, ${open.length} of ${rows.length} rows: ${shown.join(', ')}${more}`];
});
const rest = missing.length === 0 ? [] : ['## Not measured yet', missing.join('\n')];
const options = JSON.parse(readFileSync(path.join(ROOT, '.oxfmtrc.json'), 'utf8'));
const text = [INTRODUCTION, ...parts, ...rest].filter(Boolean).join('\n\n');
const { code: page, errors } = await format(PAGE, text, options);
if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
if (process.argv.includes('--check')) {
  if (readFileSync(PAGE, 'utf8') === page) process.exit(0);
  process.stderr.write('docs/results.md is not what docs/results/runs.jsonl says: npm run bench -- results render\n');
  process.exit(1);
}
writeFileSync(PAGE, page);

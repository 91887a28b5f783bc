#!/usr/bin/env node
/** Fails when the committed migrations are broken or lag behind the schema in libs/db. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './ensure-dependencies.mjs';

const kit = path.join(ROOT, 'node_modules/.bin/drizzle-kit');
const run = (args) => spawnSync(kit, args, { cwd: ROOT, encoding: 'utf8' });

const checked = run(['check']);
// drizzle-kit takes output folders below its working directory only.
mkdirSync(path.join(ROOT, 'node_modules/.cache'), { recursive: true });
const scratch = mkdtempSync(path.join(ROOT, 'node_modules/.cache/migrations-'));
cpSync(path.join(ROOT, 'migrations'), scratch, { recursive: true });
const before = readdirSync(scratch).length;
const generated = run([
  'generate',
  '--dialect',
  'postgresql',
  '--casing',
  'snake_case',
  '--schema',
  './libs/db/src/schema/index.ts',
  '--out',
  path.relative(ROOT, scratch),
  '--name',
  'drift',
]);
const drifted = readdirSync(scratch).length !== before;
rmSync(scratch, { recursive: true, force: true });

if (checked.status !== 0 || generated.status !== 0) {
  process.stderr.write(`${checked.stderr}${checked.stdout}${generated.stderr}${generated.stdout}`);
  process.exit(1);
}
if (drifted) {
  process.stderr.write(
    'The schema in libs/db has changed without a migration. Run: npx drizzle-kit generate --name WHAT_CHANGED\n',
  );
  process.exit(1);
}
process.stderr.write('The migrations match the schema.\n');

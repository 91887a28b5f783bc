#!/usr/bin/env node
/** `npm run demo`: sets everything up, then runs `winnow demo` with the same arguments. Needs nothing but Node and npm. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { ensureDependencies, ROOT } from './ensure-dependencies.mjs';

ensureDependencies();
const child = spawn(
  process.execPath,
  [path.join(ROOT, 'apps/winnow/bin/winnow.js'), 'demo', ...process.argv.slice(2)],
  {
    stdio: 'inherit',
  },
);
// The terminal sends Ctrl-C to the child as well; only signals for this process alone must be passed on.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => {
  process.exitCode = signal === null ? (code ?? 1) : 130;
});

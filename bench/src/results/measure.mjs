// Measures what docs/results.md shows and is not measured yet; every figure is kept as soon as it is there.
//   npm run bench -- results measure GROUP... --web7 DIR [--derived DIR] [--photographs DIR] [--cifar5 DIR] [--drawn100 DIR]
//     [--demo DIR] [--data DIR] [--checkpoints DIR] [--only TEXT] [--again] [--list]
// With a folder for checkpoints, a student whose training was stopped goes on at the same command; a row that several
// commits trained names them all. --list says which rows are measured, and measures none.
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../../tools/ensure-dependencies.mjs';
import { runJson } from '../harness/run-winnow.mjs';
import { PLAN } from './plan.mjs';
import { argumentsOf } from './row-text.mjs';

const RUNS = path.join(ROOT, 'docs/results/runs.jsonl');
const { values, positionals: groups } = parseArgs({
  allowPositionals: true,
  options: {
    web7: { type: 'string' },
    derived: { type: 'string' },
    photographs: { type: 'string' },
    cifar5: { type: 'string' },
    drawn100: { type: 'string' },
    demo: { type: 'string' },
    data: { type: 'string' },
    checkpoints: { type: 'string' },
    only: { type: 'string' },
    again: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
});

const git = (...args) => spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' }).stdout.trim();
const done = existsSync(RUNS)
  ? readFileSync(RUNS, 'utf8')
      .trim()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  : [];
const isDone = (group, args) =>
  done.some((run) => run.group === group && argumentsOf(run).join(' ') === args.join(' '));

function folderOf(text) {
  return text.replace(/^\{(\w+)\}/, (_, name) => {
    if (values[name]) return path.resolve(values[name]);
    throw new Error(`name the folder: --${name} DIR`);
  });
}

/** Of one row; null where none are kept: a commit and changes name no code. */
function checkpointFolder(args, isChanged) {
  if (!values.checkpoints || isChanged || !(args[0] === 'world' || args.includes('--student'))) return null;
  const name = args
    .slice(1)
    .join(' ')
    .replaceAll(/[^\w.=]+/g, '-');
  return path.resolve(values.checkpoints, name);
}

/** The commits that trained a student so far, this one the last. Whether it may go on, the bench decides. */
function commitsOf(checkpoint, commit) {
  if (checkpoint === null) return commit;
  const file = `${checkpoint}.commits`;
  const earlier = existsSync(file) ? readFileSync(file, 'utf8').split(' ') : [];
  const all = [...new Set([...earlier, commit])];
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, all.join(' '));
  return all.join(', ');
}

for (const group of groups) {
  const rows = PLAN[group];
  if (!rows) throw new Error(`no group ${group}; there are ${Object.keys(PLAN).join(', ')}`);
  for (const args of rows) {
    if (values.only && !args.join(' ').includes(values.only)) continue;
    if (values.list) {
      process.stdout.write(`${isDone(group, args) ? 'measured' : 'missing '} ${group}: ${args.join(' ')}\n`);
      continue;
    }
    if (!values.again && isDone(group, args)) continue;
    const [commit, isChanged] = [
      git('rev-parse', '--short=9', 'HEAD'),
      git('status', '--porcelain', 'apps', 'libs') !== '',
    ];
    const checkpoint = checkpointFolder(args, isChanged);
    const commits = commitsOf(checkpoint, commit);
    process.stderr.write(`\n${group}: winnow bench ${args.join(' ')}\n`);
    const checkpoints = checkpoint ? ['--checkpoint', checkpoint] : [];
    const result = runJson('winnow', ['bench', ...args.map(folderOf), ...checkpoints]);
    const machine = `${cpus().length} x ${cpus()[0].model.trim()}`;
    const run = {
      group,
      arguments: args,
      commit: isChanged ? `${commit} and changes` : commits,
      machine,
      result,
    };
    mkdirSync(path.dirname(RUNS), { recursive: true });
    appendFileSync(RUNS, `${JSON.stringify(run)}\n`);
    if (checkpoint)
      [checkpoint, `${checkpoint}.commits`].forEach((name) => rmSync(name, { recursive: true, force: true }));
  }
}

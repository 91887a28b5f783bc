import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { tinyWorld } from '@winnow/testing';
import { projectUnderTest } from './spec-support/project-under-test';
import type { ProjectUnderTest } from './spec-support/project-under-test';

const WORKSPACE = path.resolve(__dirname, '../../..');
const HOOK = path.join(WORKSPACE, 'apps/winnow/bin/register-typescript.js');
const WINNOW = path.join(WORKSPACE, 'apps/winnow/bin/winnow.js');
const HALFWAY = 'HALFWAY';
/** Lets a training stand still once two epochs are in its checkpoints: in the middle of it, for as long as we look. */
const STAND_STILL = `
  const fs = require('node:fs');
  const { rename } = fs.promises;
  let records = 0;
  fs.promises.rename = async (from, to) => {
    await rename(from, to);
    if (!/checkpoints.step-\\d+\\.json$/.test(to)) return;
    records += 1;
    if (records !== 2) return;
    fs.writeSync(2, '${HALFWAY}');
    process.kill(process.pid, 'SIGSTOP');
  };`;

let project: ProjectUnderTest;
const children: ChildProcess[] = [];
beforeAll(async () => {
  const world = tinyWorld({ seed: 3, classes: 2, perClass: 12, size: 16, testPerClass: 6 });
  project = await projectUnderTest(world, true);
  project.configure('train: { method: ce, batch: 8, epochs: 6, workers: 0 }\nevaluate: { test: test }');
});
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  return project.remove();
});

function start(args: readonly string[], preload: readonly string[] = []): ChildProcess {
  const before = [HOOK, ...preload].flatMap((file) => ['-r', file]);
  const child = spawn(process.execPath, [...before, WINNOW, ...args], {
    cwd: project.folder,
    env: { ...process.env, DATABASE_URL: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  return child;
}

/** To its end: exit code, the object on stdout, what is on stderr. */
async function winnow(...args: string[]) {
  const child = start([...args, '--json']);
  let [output, log] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, json: JSON.parse(output) as Record<string, never>, log };
}

/** A training that stands still in its middle. */
async function trainHalfway(): Promise<ChildProcess> {
  const preload = path.join(project.folder, 'stand-still.cjs');
  writeFileSync(preload, STAND_STILL);
  const child = start(['train', 'p.yaml'], [preload]);
  let log = '';
  for await (const chunk of child.stderr as AsyncIterable<Buffer>) {
    log += chunk.toString();
    if (log.includes(HALFWAY)) return child;
  }
  throw new Error(`It ended: ${log}`);
}

describe('beside a training on the embedded database', () => {
  it('all that looks can look, two at once too; a second training is refused; and a kill loses nothing', async () => {
    expect(await winnow('train', 'p.yaml', '--seed', '7')).toMatchObject({ code: 0 });
    const training = await trainHalfway();

    const [status, report, evaluated, runs, again] = await Promise.all([
      winnow('status', 'p.yaml'),
      winnow('report', 'p.yaml'),
      winnow('evaluate', 'p.yaml'),
      winnow('runs', 'p.yaml'),
      winnow('train', 'p.yaml'),
    ]);
    const progress = { label: 'train ce', total: 18, unit: 'steps' };
    expect([status.code, report.code, evaluated.code, runs.code]).toEqual([0, 0, 0, 0]);
    expect(status.json).toMatchObject({
      runs: 1,
      unfinishedRuns: 0,
      training: { command: 'winnow train', pid: training.pid, progress },
    });
    expect(evaluated.json).toMatchObject({ results: [{ method: 'ce', seed: 7 }] });
    expect(runs.json).toMatchObject({
      runs: [
        { isFinished: false, epochsDone: 2, progress },
        { isFinished: true, progress: null },
      ],
    });
    expect(again.code).toBe(1);
    expect(again.log).toContain(`Another command trains in this project: \`winnow train\` (process ${training.pid})`);
    expect((await winnow('verify', 'p.yaml')).log).not.toContain('in use');

    training.kill('SIGKILL');
    await once(training, 'exit');
    expect((await winnow('status', 'p.yaml')).json).toMatchObject({ runs: 1, unfinishedRuns: 1, training: null });
    const resumed = await winnow('train', 'p.yaml');
    expect(resumed).toMatchObject({ code: 0, json: { reused: false } });
    expect((await winnow('status', 'p.yaml')).json).toMatchObject({ runs: 2, unfinishedRuns: 0 });
  }, 240_000);
});

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tinyWorld } from '@winnow/testing';
import { runsCommand } from './commands/runs';
import { trainCommand } from './commands/train';
import { standingStill, startWinnow, writeStandStill } from './spec-support/halfway-training';
import { projectUnderTest } from './spec-support/project-under-test';
import type { ProjectUnderTest } from './spec-support/project-under-test';

let project: ProjectUnderTest;
const children: ChildProcess[] = [];
beforeAll(async () => {
  const world = tinyWorld({ seed: 3, classes: 2, perClass: 12, size: 16, testPerClass: 6 });
  project = await projectUnderTest(world, true);
  project.configure('train: { method: ce, batch: 8, epochs: 3, workers: 0 }\nevaluate: { test: test }');
});
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  return project.remove();
});

function start(args: readonly string[], preload: readonly string[] = []): ChildProcess {
  const child = startWinnow(project.folder, args, preload);
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
  const child = start(['train', 'p.yaml'], [writeStandStill(project.folder)]);
  await standingStill(child);
  return child;
}

describe('beside a training on the embedded database', () => {
  it('all that looks can look, two at once too; the same training is refused; and a kill loses nothing', async () => {
    // Before and after it one process is enough: this one.
    await project.run(trainCommand, { seed: 7 });
    const training = await trainHalfway();

    const [status, report, evaluated, runs, again] = await Promise.all([
      winnow('status', 'p.yaml'),
      winnow('report', 'p.yaml'),
      winnow('evaluate', 'p.yaml'),
      winnow('runs', 'p.yaml'),
      winnow('train', 'p.yaml'),
    ]);
    const progress = { label: 'train ce', total: 9, unit: 'steps' };
    expect([status.code, report.code, evaluated.code, runs.code]).toEqual([0, 0, 0, 0]);
    expect(status.json).toMatchObject({
      runs: 1,
      unfinishedRuns: 0,
      training: { command: 'winnow train', pid: training.pid, progress },
      // The one that is refused may be among them: it reads its data first.
      trainings: expect.arrayContaining([
        expect.objectContaining({
          command: 'winnow train',
          pid: training.pid,
          progress: expect.objectContaining(progress) as object,
        }),
      ]) as object[],
    });
    expect(evaluated.json).toMatchObject({ results: [{ method: 'ce', seed: 7 }] });
    expect(runs.json).toMatchObject({
      runs: [
        { isFinished: false, epochsDone: 2, progress },
        { isFinished: true, progress: null },
      ],
    });
    expect(again.code).toBe(1);
    expect(again.log).toContain(`Another command trains this very student: \`winnow train\` (process ${training.pid})`);
    expect((await winnow('verify', 'p.yaml')).log).not.toContain('in use');

    training.kill('SIGKILL');
    await once(training, 'exit');
    expect((await winnow('status', 'p.yaml')).json).toMatchObject({ runs: 1, unfinishedRuns: 1, training: null });
    expect((await project.run(trainCommand)).json).toMatchObject({ reused: false });
    expect((await project.run(runsCommand)).json).toMatchObject({ runs: [{ isFinished: true }, { isFinished: true }] });
  }, 240_000);
});

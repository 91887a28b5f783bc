import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { tinyWorld } from '@winnow/testing';
import { compareCommand } from '../commands/compare';
import { trainCommand } from '../commands/train';
import { standingStill, startWinnow, writeStandStill } from '../spec-support/halfway-training';
import { projectUnderTest, recordSteps } from '../spec-support/project-under-test';
import type { ProjectUnderTest } from '../spec-support/project-under-test';

let project: ProjectUnderTest;
const { steps, progress } = recordSteps();
const at = (...names: string[]): string => path.join(project.folder, ...names);

beforeAll(async () => {
  const world = tinyWorld({ seed: 3, classes: 2, perClass: 12, size: 16, testPerClass: 6 });
  project = await projectUnderTest(world, true);
});
afterAll(() => project.remove());
afterEach(() => {
  renameSync(at('away.safetensors'), at('teacher.safetensors'));
  rmSync(at('.winnow/runs'), { recursive: true });
  rmSync(at('.winnow/predictions'), { recursive: true });
});

/** Starts a run and kills it once two of its three epochs are in its checkpoints, then takes the teacher's file away. */
async function killHalfway(args: readonly string[]): Promise<void> {
  const child = startWinnow(project.folder, ['train', 'p.yaml', ...args], [writeStandStill(project.folder)]);
  try {
    await standingStill(child);
  } finally {
    child.kill('SIGKILL');
  }
  await once(child, 'exit');
  renameSync(at('teacher.safetensors'), at('away.safetensors'));
}

async function train(options = {}) {
  const { json } = await project.run(trainCommand, options, { progress });
  const weights = readFileSync(path.join(String(json['run']), 'student.safetensors'));
  const { seconds: _seconds, peakMemoryBytes: _bytes, ...summary } = json['summary'] as Record<string, unknown>;
  return { summary, sha256: createHash('sha256').update(weights).digest('hex') };
}

describe('a killed run whose teacher is gone', () => {
  // The student is the teacher's own architecture, and another.
  it.each([
    ['winnow', 'model: resnet8', 'evaluate: { test: test }'],
    ['winnow-1', 'model: resnet20', ''],
  ])(
    'is taken up without a question to the teacher, and ends with the same bits (%s, %s, %s)',
    async (method, model, measured) => {
      const learning = `train: { method: ${method}, batch: 8, epochs: 3, workers: 0 }`;
      project.configure([`student: { ${model} }`, learning, measured].join('\n'));
      const undisturbed = await train();
      expect(steps).toContain('predict');
      rmSync(at('.winnow/runs'), { recursive: true });
      rmSync(at('.winnow/predictions'), { recursive: true });

      await killHalfway([]);
      steps.length = 0;
      project.said.length = 0;
      expect(await train()).toEqual(undisturbed);
      expect(steps).toEqual([`train ${method}`]);
      expect(project.said).toContainEqual(expect.stringMatching(/^The teacher's file is gone/));
    },
    120_000,
  );

  it('is refused where it has not begun, and where its method asks in every step', async () => {
    project.configure('train: { method: kd, batch: 8, epochs: 3, workers: 0 }\nevaluate: { test: test }');
    await killHalfway([]);
    const gone = { code: 'FILE_NOT_FOUND', where: at('teacher.safetensors') };
    await expect(train()).rejects.toMatchObject(gone);
    await expect(train({ method: 'winnow' })).rejects.toMatchObject(gone);
    const runs = readdirSync(at('.winnow/runs'));
    await expect(train({ method: 'winnow', seed: 5 })).rejects.toMatchObject(gone);
    await expect(project.run(compareCommand, { methods: 'kd,winnow' })).rejects.toMatchObject({
      message: expect.not.stringContaining('is needed here'),
      ...gone,
    });
    expect(readdirSync(at('.winnow/runs'))).toEqual(runs);
    for (const name of readdirSync(at('.winnow/teachers')).filter((one) => one.endsWith('.json')))
      writeFileSync(at('.winnow/teachers', name), '{"known":{"revision":1},"sha256":""}');
    await expect(train()).rejects.toMatchObject(gone);
  }, 120_000);
});

import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { EpochMetrics, RunSummary } from '@winnow/contracts';
import { tinyWorld } from '@winnow/testing';
import { METHODS } from '@winnow/training';
import { trainCommand } from '../commands/train';
import { projectUnderTest } from '../spec-support/project-under-test';
import type { ProjectUnderTest } from '../spec-support/project-under-test';

const KD = 'method: kd, epochs: 1';
let project: ProjectUnderTest;

beforeAll(async () => {
  project = await projectUnderTest(tinyWorld({ seed: 3, classes: 2, perClass: 12, size: 16, testPerClass: 6 }));
});
afterAll(() => project.remove());
afterEach(() => jest.restoreAllMocks());

/** Trains with these lines of `train`. */
async function trained(settings: string) {
  project.configure(`train: { batch: 8, workers: 0, ${settings} }\nevaluate: { test: test }`);
  const { json } = await project.run(trainCommand);
  const folder = String(json['run']);
  const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
  const lines = read('metrics.jsonl').trimEnd().split('\n');
  return {
    folder,
    reused: json['reused'],
    summary: json['summary'] as unknown as RunSummary,
    config: JSON.parse(read('config.json')) as { readonly train: Record<string, unknown>; readonly revision: number },
    metrics: lines.map((line) => JSON.parse(line) as EpochMetrics),
  };
}

describe('a run of a student', () => {
  it('is not taken for one of another revision or recipe of its method', async () => {
    const first = await trained(KD);
    expect(first.config).toMatchObject({ revision: 1, train: { schedule: 'cosine', nesterov: false, warmUp: 0 } });
    expect(await trained(KD)).toMatchObject({ reused: true, folder: first.folder });
    // As earlier versions recorded it, so that their runs are not made again; what winnow decided is there as decided.
    expect(first.config.train).toEqual({
      ...{ method: 'kd', epochs: 1, batch: 8, learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4, seed: 1 },
      ...{ schedule: 'cosine', nesterov: false, warmUp: 0, accumulate: 1, augment: { basis: 'crop-flip' } },
    });
    expect(await trained(`${KD}, optimizer: sgd, ema: 0, headRate: 1`)).toMatchObject({ folder: first.folder });
    expect(await trained(`${KD}, learningRate: 0.1`)).toMatchObject({ folder: first.folder });
    expect(await trained(`${KD}, ema: 0.9`)).toMatchObject({ reused: false, config: { train: { ema: 0.9 } } });
    // What the method has anyway makes no other run.
    expect(await trained(`${KD}, schedule: cosine, warmUp: 0`)).toMatchObject({ folder: first.folder });

    jest.replaceProperty(METHODS.kd, 'revision', 2);
    const second = await trained(KD);
    expect(second.reused).toBe(false);
    jest.replaceProperty(METHODS, 'kd', { ...METHODS.kd, recipe: { nesterov: true } });
    const third = await trained(KD);
    expect(third).toMatchObject({ reused: false, config: { revision: 2, train: { nesterov: true } } });
    expect(new Set([first, second, third].map(({ folder }) => folder)).size).toBe(3);
  });

  it('is another where its pixels are normalised otherwise', async () => {
    const plain = await trained(KD);
    const other = await trained(`${KD} }\nstudent: { input: { range: [-1, 1], mean: [0, 0, 0], std: [1, 1, 1] }`);
    expect(other).toMatchObject({ reused: false, config: { input: { range: [-1, 1] } } });
    expect(other.folder).not.toBe(plain.folder);
    expect(plain.config).not.toHaveProperty('input');
  });

  it('learns by the settings of its own method, and is not changed by those of others', async () => {
    const plain = await trained(KD);
    const softer = await trained(`${KD}, settings: { kd: { temperature: 1 }, winnow: { views: 1 } }`);
    expect(softer).toMatchObject({ reused: false, config: { train: { settings: { temperature: 1 } } } });
    expect(softer.metrics[0]?.loss).not.toBe(plain.metrics[0]?.loss);
    expect(await trained(`${KD}, settings: { winnow: { views: 3 } }`)).toMatchObject({ folder: plain.folder });
    await expect(trained(`${KD}, settings: { kd: { views: 3 } }`)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('kd: The method has no setting views') as unknown,
      where: expect.stringContaining('train.settings.kd') as unknown,
    });
  });

  it("has its method's schedule unless the project names another", async () => {
    const rates = async (settings: string) => (await trained(settings)).metrics.map(({ learningRate }) => learningRate);
    const [, last] = await rates('method: modul, epochs: 2');
    expect(Math.log10(last as number)).toBeCloseTo(Math.round(Math.log10(last as number)), 6);
    const [, falling] = await rates('method: modul, epochs: 2, schedule: cosine');
    expect(falling).not.toBeCloseTo(last as number, 4);
  });

  it('counts what its method prepares, such as asking the teacher', async () => {
    const { summary, metrics } = await trained('method: winnow, epochs: 1');
    const ofSteps = metrics.reduce((sum, { seconds }) => sum + seconds, 0);
    // Asking about 24 images and their mirror images takes more than a millisecond anywhere.
    expect(summary.seconds).toBeGreaterThan(ofSteps + 0.001);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadProject } from '@winnow/config';
import { startTensorEngine } from '../../start-tensor-engine';
import { planTraining } from './plan-training';
import type { StudentJob } from '../student-job';
import { estimateJobBytes, trainingBlock } from './training-block';

let cwd: string;
beforeAll(async () => {
  await startTensorEngine('wasm', { env: {}, log: () => undefined } as never);
  cwd = mkdtempSync(path.join(tmpdir(), 'winnow-training-block-'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** As far as it is read. */
async function jobOf(
  settings: string,
  {
    count,
    size,
    medianSide = null,
  }: { readonly count: number; readonly size: number; readonly medianSide?: number | null },
): Promise<StudentJob> {
  writeFileSync(path.join(cwd, 'p.yaml'), `name: p\nclasses: [{ name: a }, { name: b }]\n${settings}\n`);
  const config = await loadProject('p.yaml', { cwd, env: {} });
  const images = { count, size, store: { kind: 'memory', size, pixels: new Uint8Array(0) } };
  const found = {
    project: { config, file: 'p.yaml' },
    build: { config: { build: { size } } },
    pool: { images, medianSide },
    engine: { name: 'tensorflow' },
    ...{ test: null, split: null, start: null, corrections: { applied: [] } },
  } as unknown as StudentJob;
  return { ...found, plan: planTraining(config, found) };
}

describe('trainingBlock', () => {
  it('says steps, images left out and held out, and who decided each setting', async () => {
    const settings = 'student: { model: resnet8 }\ntrain: { method: kd, batch: 128, epochs: 100, momentum: 0.9 }';
    const lines = trainingBlock(await jobOf(settings, { count: 1000, size: 32 }));
    expect(lines.slice(0, 2)).toEqual([
      'Training by kd: resnet8 at 32 px, 900 images (100 more are held out to measure on).',
      '  Steps: 7 steps an epoch (batch 128), 700 in all (100 epochs), 4 images left out of each epoch.',
    ]);
    expect(lines[2]).toMatch(
      /^ {2}Settings: batch 128, epochs 100 \(set by you\); .*schedule cosine.* \(by the method\)/,
    );
    expect(lines.filter((line) => line.startsWith('Warning'))).toEqual([]);
  });

  it('counts what refining the teacher holds', async () => {
    const settings = 'student: { model: resnet8 }\ntrain: { method: winnow, settings: { winnow: { refine: head } } }';
    const job = await jobOf(settings, { count: 500_000, size: 32 });
    const frozen = { classCount: 2, featureDim: 512, input: { size: 32 } };
    const refining = { ...job, teacher: { frozen } } as unknown as StudentJob;
    // Tables of 10 x 2 logits and 2 x 512 features for each image.
    const bytes = 500_000 * 4 * (10 * 2 + 2 * 512);
    expect(trainingBlock(job).join('\n')).not.toContain('refined');
    expect(trainingBlock(refining).join('\n')).toContain('Memory while the teacher is refined: about 2.1 GB of ');
    expect(estimateJobBytes(job)).toBeLessThan(bytes);
    expect(estimateJobBytes(refining)).toBe(bytes);
  });

  it('warns of too few updates, and of images much smaller than photographs or than the architecture takes', async () => {
    const settings = 'student: { model: mobilenetv2 }\ntrain: { method: kd, batch: 128, epochs: 4 }';
    const lines = trainingBlock(await jobOf(settings, { count: 334, size: 32, medianSide: 375 }));
    expect(lines.filter((line) => line.startsWith('Warning'))).toEqual([
      'Warning: 301 images / batch 128 = 2 steps an epoch, 8 in all; hundreds are usual: --batch 16 --epochs 60 makes 1,080.',
      'Warning: The images have a median side of 375 px; build.size 32 in p.yaml shrinks them. 224 is usual for photographs, with a student for that size (`winnow models`).',
      expect.stringMatching(/^Warning: mobilenetv2 was made for images of 224 px.*Set build\.size: 224/),
    ]);
  });
});

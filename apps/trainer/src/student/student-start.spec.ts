import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { RunSummary } from '@winnow/contracts';
import { createModel, saveWeights } from '@winnow/models';
import type { ModelName } from '@winnow/models';
import { tinyWorld } from '@winnow/testing';
import { compareCommand } from '../commands/compare';
import { trainCommand } from '../commands/train';
import { projectUnderTest } from '../spec-support/project-under-test';
import type { ProjectUnderTest } from '../spec-support/project-under-test';
import { studentInput, unknownInputNote } from './student-start';

let project: ProjectUnderTest;
beforeAll(async () => {
  project = await projectUnderTest(tinyWorld({ seed: 3, classes: 2, perClass: 12, size: 16, testPerClass: 6 }));
});
afterAll(() => project.remove());

const TRAIN = 'train: { batch: 8, workers: 0, epochs: 1, method: kd }';

/** A network of five classes, made elsewhere. */
function writePretrained(file: string, name: ModelName, header: Record<string, string> = {}, seed = 8): void {
  const model = createModel(name, { classCount: 5, seed });
  writeFileSync(path.join(project.folder, file), saveWeights(model, header));
  model.dispose();
}

async function train(student: string, more = TRAIN) {
  project.configure(`${more}\nstudent: ${student}`);
  const { json } = await project.run(trainCommand);
  const summary = json['summary'] as unknown as RunSummary;
  const config = JSON.parse(readFileSync(path.join(String(json['run']), 'config.json'), 'utf8')) as {
    readonly start?: { readonly sha256: string; readonly head: string };
    readonly input?: object;
  };
  return { json, summary, config };
}

describe('student.weights', () => {
  it('are taken with the architecture that fits them, and named in notes, card and config of the run', async () => {
    writePretrained('wide.safetensors', 'wrn-16-1', { range: '-1,1' });
    const { json, summary, config } = await train('{ weights: wide.safetensors }');
    expect(summary.model).toBe('wrn-16-1');
    const note = /The student began with the weights of wide.safetensors \(sha256 \w{12}\), its classifier as the best/;
    expect(summary.notes.join('\n')).toMatch(note);
    const card = readFileSync(path.join(String(json['run']), 'model-card.md'), 'utf8');
    expect(card).toContain('began with the weights of wide.safetensors');
    expect(config.start).toEqual({ sha256: expect.stringMatching(/^[\da-f]{64}$/) as unknown, head: 'fitted' });
    expect(config.input).toMatchObject({ size: 16, range: [-1, 1], mean: [0, 0, 0], std: [1, 1, 1] });
  });

  it('make another run where they or the head are others, and the same one where they are not', async () => {
    writePretrained('net.safetensors', 'resnet8', { model: 'resnet8' });
    const once = await train('{ weights: net.safetensors }');
    expect(once.json['reused']).toBe(false);
    expect((await train('{ weights: net.safetensors, model: resnet8 }')).json['reused']).toBe(true);
    expect((await train('{ weights: net.safetensors, head: random }')).json['reused']).toBe(false);
    expect((await train('{ model: resnet8 }')).json['reused']).toBe(false);
    writePretrained('net.safetensors', 'resnet8', { model: 'resnet8' }, 9);
    expect((await train('{ weights: net.safetensors }')).json['reused']).toBe(false);
  });

  it('are those of compare too, in parts of a batch, and of methods without a teacher', async () => {
    writePretrained('net.safetensors', 'resnet8');
    const parts = 'train: { batch: 8, workers: 0, epochs: 1, method: ce, accumulate: 2 }';
    const { summary } = await train('{ weights: net.safetensors }', parts);
    expect(summary.notes.join('\n')).toMatch(/best linear fit to the given labels/);
    const compared = await project.run(compareCommand, { methods: ['ce'], seeds: 1 });
    expect(compared).toMatchObject({ exitCode: 0, json: { student: 'resnet8', reused: 1 } });
  });

  it('that do not fit are refused with what is missing, and the architecture that they are of', async () => {
    writePretrained('net.safetensors', 'resnet8');
    await expect(train('{ weights: net.safetensors, model: wrn-16-1 }')).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
      message: expect.stringMatching(/^The weights are not of wrn-16-1\. \d+ missing: block1/) as unknown,
      where: 'net.safetensors',
      next: 'They fit resnet8: set student.model.',
    });
    await expect(train('{ weights: lost.safetensors }')).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      where: 'lost.safetensors',
    });
  });
});

describe('studentInput', () => {
  const teacher = { size: 16, range: [0, 1] as [number, number], mean: [0.5, 0.5, 0.5], std: [1, 1, 1] } as never;
  const start = (input: object | null) => ({ weights: { where: 'w', input } }) as never;
  it('is what the person says, else what the weights say, else the teacher takes', () => {
    const theirs = { range: [-1, 1], mean: [0, 0, 0], std: [1, 1, 1] };
    expect(studentInput(null, teacher)).toEqual(teacher);
    expect(studentInput(start(null), teacher)).toEqual(teacher);
    expect(studentInput(start(theirs), teacher)).toEqual({ size: 16, ...theirs });
    const said = { range: [0, 255], mean: [1, 1, 1], std: [2, 2, 2] } as never;
    expect(studentInput(start(theirs), teacher, said)).toMatchObject({ size: 16, range: [0, 255] });
  });

  it('is told where nobody says it', () => {
    expect(unknownInputNote(start(null))).toMatch(/^w does not say how its pixels were normalised/);
    expect(unknownInputNote(null)).toBeNull();
  });
});

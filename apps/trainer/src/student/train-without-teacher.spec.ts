import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { RunSummary } from '@winnow/contracts';
import { tinyWorld } from '@winnow/testing';
import { compareCommand } from '../commands/compare';
import { evaluateCommand } from '../commands/evaluate';
import { trainCommand } from '../commands/train';
import { projectUnderTest } from '../spec-support/project-under-test';
import type { ProjectUnderTest } from '../spec-support/project-under-test';

let project: ProjectUnderTest;
beforeAll(async () => {
  project = await projectUnderTest(tinyWorld({ seed: 3, classes: 2, perClass: 12, size: 16, testPerClass: 6 }));
});
afterAll(() => project.remove());

/** A project without `teacher`. */
function configure(settings: string): void {
  project.configure(`train: { batch: 8, workers: 0, epochs: 1, method: ce }\n${settings}`);
  const file = path.join(project.folder, 'p.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^teacher: .*\n/m, ''));
}

describe('a project without a teacher', () => {
  it('trains a method that needs none, measures it, and says that there was none', async () => {
    configure('evaluate: { test: test }');
    const { json, text } = await project.run(trainCommand);
    const summary = json['summary'] as unknown as RunSummary;
    expect(summary.accuracy).toEqual(expect.any(Number));
    expect(summary).toMatchObject({ agreement: null, teacherAccuracy: null });
    // A run of three updates may be called a failed one; there is no other note.
    expect(summary.notes.filter((note) => !note.startsWith('This run failed'))).toEqual([]);
    expect(summary.split).toBeUndefined();
    expect(text.join('\n')).not.toMatch(/Split|teacher/);
    const card = readFileSync(path.join(String(json['run']), 'model-card.md'), 'utf8');
    expect(card).toContain('| Teacher | none |');
    expect(card).not.toContain('with the help of a teacher');
    expect(await project.run(trainCommand)).toMatchObject({ json: { reused: true } });
    const evaluated = await project.run(evaluateCommand);
    expect(evaluated).toMatchObject({ exitCode: 0, json: { results: [{ accuracy: summary.accuracy }] } });
    expect(evaluated.text.join('\n')).not.toContain('teacher');
  });

  it('trains without test images too, and says that nothing was measured', async () => {
    configure('');
    const { text, json } = await project.run(trainCommand);
    expect(text[0]).toContain('not measured');
    // Nothing is held out to measure on, then: 24 images, in batches of 8.
    expect((json['summary'] as unknown as RunSummary).imagesSeen).toBe(24);
  });

  it('compares seeds of a method that needs none', async () => {
    configure('evaluate: { test: test }');
    const compared = await project.run(compareCommand, { methods: ['ce'], seeds: 2 });
    expect(compared.json).toMatchObject({
      teacher: { digest: null, accuracy: null },
      results: [{ method: 'ce', split: null, seeds: [1, 2], gap: null, accuracy: { count: 2 } }],
      failures: [],
    });
    const trained = await project.run(trainCommand, { seed: 2 });
    expect(trained.json).toMatchObject({ reused: true });
    expect(compared.text.join('\n')).not.toContain('Teacher:');
  });

  it('is refused by a method that learns from one', async () => {
    configure('');
    await expect(project.run(trainCommand, { method: 'kd' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'The project names no teacher',
    });
    await expect(project.run(compareCommand, { methods: ['ce', 'kd'], seeds: 1 })).rejects.toMatchObject({
      message: 'The project names no teacher',
    });
  });
});

import { readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import type { ExportManifest } from '@winnow/contracts';
import { tinyWorld } from '@winnow/testing';
import { exportCommand } from '../commands/export';
import { trainCommand } from '../commands/train';
import { projectUnderTest } from '../spec-support/project-under-test';
import type { ProjectUnderTest } from '../spec-support/project-under-test';

let project: ProjectUnderTest;
beforeAll(async () => {
  project = await projectUnderTest(tinyWorld({ seed: 3, classes: 2, perClass: 24, size: 16, testPerClass: 20 }));
  project.configure('train: { batch: 8, epochs: 6, workers: 0, method: ce }\nevaluate: { test: test }');
  await project.run(trainCommand);
});
afterAll(() => project.remove());

const exporting = async (options: Readonly<Record<string, unknown>> = {}) => {
  const input = { arguments: { source: 'p.yaml' }, options: { engine: 'wasm', format: ['onnx'], ...options } };
  const result = await exportCommand.run?.(input, project.io);
  if (result === undefined) throw new Error('no command');
  return { ...result, exports: result.json['exports'] as unknown as ExportManifest['exports'] };
};

describe('winnow export of a project', () => {
  it("calibrates int8 on the pool, measures on the project's test images, and loses little", async () => {
    const { json, exports, text } = await exporting();
    expect(json).toMatchObject({ origin: 'test', images: 40, calibrated: 48 });
    const [whole, half, int8] = exports as [ExportManifest['exports'][0], ...ExportManifest['exports'][0][]];
    expect(whole).toMatchObject({ precision: 'float32', accuracy: json['accuracy'], agreement: 1 });
    expect(half).toMatchObject({ precision: 'float16', accuracy: json['accuracy'], agreement: 1 });
    // One of forty.
    expect(int8?.agreement).toBeGreaterThanOrEqual(0.975);
    expect(Math.abs((int8?.accuracy as number) - (json['accuracy'] as number))).toBeLessThanOrEqual(0.0251);
    expect(text.join('\n')).toContain('compared on 40 test images of the project; int8 calibrated on 48 others:');
    const card = readFileSync(path.join(String(json['out']), 'model-card.md'), 'utf8');
    expect(card).toMatch(/^# p: \S+ by ce/);
    expect(card).toContain('| onnx | int8 | model.int8.onnx |');
  });

  it('measures on one half of the pool and calibrates on the other where the project names no test images', async () => {
    project.configure('train: { batch: 8, epochs: 6, workers: 0, method: ce }');
    const { json, exports } = await exporting({ precision: ['int8'], out: 'pool' });
    expect(json).toMatchObject({ origin: 'pool', images: 24, calibrated: 24 });
    expect(exports).toMatchObject([{ precision: 'int8' }]);
    expect(exports[0]?.agreement).toBeGreaterThan(0.9);
    // Labels of a pool are those that it came with.
    expect(exports[0]?.accuracy).toBeNull();
  });

  it('leaves int8 out where the data set of the run is gone', async () => {
    const builds = path.join(project.folder, '.winnow/builds');
    renameSync(path.join(builds, 'one'), path.join(project.folder, 'elsewhere'));
    const { exports, text } = await exporting({ out: 'gone' });
    expect(exports.map(({ precision }) => precision)).toEqual(['float32', 'float16']);
    expect(text.at(-1)).toMatch(/^int8 was left out/);
    renameSync(path.join(project.folder, 'elsewhere'), path.join(builds, 'one'));
  });
});

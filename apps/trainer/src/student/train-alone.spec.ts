import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { loadProject } from '@winnow/config';
import { databaseAccess } from '@winnow/db';
import { tinyWorld } from '@winnow/testing';
import { projectUnderTest } from '../spec-support/project-under-test';
import type { ProjectUnderTest } from '../spec-support/project-under-test';
import { prepareTraining } from './prepare-training';
import type { StudentJob } from './student-job';
import { lockedJob, trainAlone } from './train-alone';

let under: ProjectUnderTest;
let job: StudentJob;
beforeAll(async () => {
  under = await projectUnderTest(tinyWorld({ seed: 3, classes: 2, perClass: 12, size: 16, testPerClass: 6 }));
  under.configure('train: { method: ce, batch: 8, epochs: 3, workers: 0 }\nevaluate: { test: test }');
  const { io } = under;
  const config = await loadProject('p.yaml', { cwd: under.folder, env: {} });
  const database = databaseAccess(config, { holder: 'a spec', create: false }, io);
  job = await prepareTraining({ file: 'p.yaml', config, withDatabase: (query) => database.use(query), io });
});
afterAll(async () => {
  job.teacher?.dispose();
  await under.remove();
});

describe('trainAlone', () => {
  it('trains under a lock that is gone afterwards, and says who has it meanwhile', async () => {
    const locked = lockedJob(job);
    mkdirSync(path.dirname(locked.file), { recursive: true });
    let meanwhile: unknown;
    const onBegin = (): void => {
      expect(existsSync(locked.file)).toBe(true);
      meanwhile = trainAlone(locked, 'another');
    };
    expect(await trainAlone(locked, 'winnow train', onBegin)).toMatchObject({ reused: false });
    expect(await meanwhile).toMatchObject({ file: locked.file, holder: { command: 'winnow train' } });
    expect(existsSync(locked.file)).toBe(false);
    expect(await trainAlone(locked, 'winnow train')).toMatchObject({ reused: true });
  });

  it('names another lock for another seed', () => {
    const { config } = job.project;
    const other = { ...config, train: { ...config.train, seed: 77 } };
    expect(lockedJob({ ...job, project: { ...job.project, config: other } }).file).not.toBe(lockedJob(job).file);
  });
});

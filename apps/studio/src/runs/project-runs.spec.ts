import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { acquireLock } from '@winnow/db';
import { listRuns } from '@winnow/runs';
import { groupName, groupRuns, settingsOf } from '../report/result-groups';
import { sampleEpoch, writeSampleRun } from '../spec-support/sample-runs';
import { ProjectRuns } from './project-runs';

let root: string;
let runs: ProjectRuns;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'winnow-runs-'));
  runs = new ProjectRuns({ name: 'p', paths: { runs: root } as never });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it('groups as the report does, with its means and deviations', async () => {
  expect(await runs.list()).toEqual({ runs: [], groups: [], teacherAccuracy: null });
  for (const seed of [1, 2, 3]) writeSampleRun(root, { method: 'kd', seed, accuracy: 0.7 + seed / 100 });
  for (const seed of [1, 2]) writeSampleRun(root, { method: 'ce', seed, accuracy: 0.6 });
  writeSampleRun(root, { method: 'kd', seed: 1, batch: 64, accuracy: 0.75 });
  writeSampleRun(root, { method: 'kd', seed: 4, project: 'other', accuracy: 0.99 });
  writeSampleRun(root, { method: 'winnow', seed: 1, epochsDone: 2 });
  const found = await runs.list();
  const finished = (await listRuns(root)).filter(
    ({ manifest, summary }) => manifest.project === 'p' && summary !== null,
  );
  const reported = groupRuns(
    finished.map((record) => ({
      name: path.basename(record.folder),
      summary: record.summary!,
      metrics: record.metrics,
      settings: settingsOf(record),
    })),
  );
  const figures = (group: object) => {
    const { accuracy, agreement, seconds, perClass, seeds, method } = group as (typeof reported)[number];
    return { accuracy, agreement, seconds, perClass, seeds, method };
  };
  const sorted = (groups: readonly object[]) =>
    groups.map(figures).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  expect(sorted(found.groups)).toEqual(sorted(reported));
  expect(new Set(found.groups.map(({ name }) => name)).size).toBe(3);
  expect(reported.map((group) => groupName(group, reported)).map((name) => name.split(',')[0])).toContain('ce');
  expect(found.runs).toHaveLength(7);
  expect(found.runs.find(({ isFinished }) => !isFinished)).toMatchObject({
    method: 'winnow',
    epochsDone: 2,
    group: null,
  });
  expect(found.teacherAccuracy).toBe(0.9);
});

it('follows a run under way, with what its process says', async () => {
  const folder = writeSampleRun(root, { method: 'kd', seed: 1, epochsDone: 1 });
  const [{ id } = { id: '' }] = (await runs.list()).runs;
  expect(await runs.detail(id)).toMatchObject({ isFinished: false, progress: null, accuracy: sampleEpoch(1).accuracy });
  appendFileSync(path.join(folder, 'metrics.jsonl'), `${JSON.stringify(sampleEpoch(2))}\n{"epoch":3,`);
  const release = await acquireLock(path.join(root, 'train.lock'), 'winnow train');
  const progress = {
    pid: process.pid,
    label: 'kd',
    done: 2,
    total: 4,
    unit: 'epochs',
    detail: '',
    secondsLeft: 9,
    at: '',
  };
  writeFileSync(path.join(folder, 'progress.json'), JSON.stringify(progress));
  const detail = await runs.detail(id);
  await release();
  expect(detail.progress).toEqual({ done: 2, total: 4, unit: 'epochs', detail: '', secondsLeft: 9 });
  expect(detail.curves.map(({ epoch }) => epoch)).toEqual([1, 2]);
  expect(detail.curves[1]?.values).toEqual({
    loss: sampleEpoch(2).loss,
    'part supervised': sampleEpoch(2).parts['supervised'],
    'part distilled': sampleEpoch(2).parts['distilled'],
    accuracy: sampleEpoch(2).accuracy,
    'learning rate': sampleEpoch(2).learningRate,
  });
});

it('shows what was measured last, and keeps means of different test images apart', async () => {
  const first = writeSampleRun(root, { method: 'kd', seed: 1, accuracy: 0.7 });
  writeSampleRun(root, { method: 'kd', seed: 2, accuracy: 0.8 });
  expect((await runs.list()).groups).toHaveLength(1);
  const evaluation = { accuracy: 0.4, testDigest: 'u', calibrationError: 0.2, confusion: [[1]], perClassAccuracy: {} };
  const later = { ...evaluation, classes: ['a class'], agreement: 0.6, teacherAccuracy: null };
  writeFileSync(path.join(first, 'evaluation.json'), JSON.stringify(evaluation));
  const { groups, runs: listed } = await runs.list();
  expect(groups.map(({ testDigest, accuracy }) => [testDigest, accuracy?.mean])).toEqual([
    ['t'.repeat(64), 0.8],
    ['u', 0.4],
  ]);
  expect(listed.map(({ accuracy, ece }) => [accuracy, ece])).toEqual([
    [0.8, 0.03],
    [0.4, 0.2],
  ]);
  expect((await runs.detail(path.basename(first))).confusion).toEqual([[1]]);
  writeFileSync(path.join(first, 'evaluation.json'), JSON.stringify(later));
  expect(await runs.detail(path.basename(first))).toMatchObject({ testClasses: ['a class'], agreement: 0.6 });
});

it('gives a run whose name is none for an address another one', async () => {
  writeSampleRun(root, { method: 'kd', seed: 1, project: 'vögel' });
  runs = new ProjectRuns({ name: 'vögel', paths: { runs: root } as never });
  const [run] = (await runs.list()).runs;
  expect(run).toMatchObject({ name: '2026-01-02-vögel-kd-s1', id: expect.stringMatching(/^[0-9a-f]{24}$/) as string });
  expect((await runs.detail(run!.id)).name).toBe(run!.name);
  await expect(runs.detail('none')).rejects.toMatchObject({ code: 'MISSING_INPUT' });
});

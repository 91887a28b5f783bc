import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findRunsAtWork, recordProgress } from './progress-record';
import type { RunRecord } from '../run/run-record-files';

let folder: string;
let nowMillis: number;
const shown: unknown[] = [];
const sink = {
  start: () => ({ update: (...corrected: unknown[]) => void shown.push(corrected), end: () => undefined }),
};
const now = (): number => nowMillis;
const run = (name: string, finished = false): RunRecord =>
  ({ folder: path.join(folder, name), finished }) as unknown as RunRecord;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-progress-record-'));
  nowMillis = Date.UTC(2026, 0, 1);
  shown.length = 0;
  for (const name of ['one', 'two', 'three']) mkdirSync(path.join(folder, name));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('recordProgress', () => {
  it('leaves what a run does and how long it will take, once a second, until it is removed', async () => {
    const recorded = recordProgress(sink, path.join(folder, 'two'), now);
    const task = recorded.progress.start({ label: 'train kd', total: 100, unit: 'steps' });
    const written = async () => [...(await findRunsAtWork([run('one'), run('two')], [process])).values()][0];
    expect(await written()).toBeUndefined();
    task.update(20, 'epoch 1');
    expect(await written()).toMatchObject({ done: 20, total: 100, detail: 'epoch 1', secondsLeft: null });
    nowMillis += 500;
    task.update(25, 'epoch 1');
    expect(await written()).toMatchObject({ done: 20 });
    nowMillis += 1500;
    task.update(40, 'epoch 2');
    // Ten steps a second since the first one seen.
    expect(await written()).toMatchObject({ done: 40, secondsLeft: 6, at: '2026-01-01T00:00:02.000Z' });
    expect(shown).toHaveLength(3);
    recorded.remove();
    expect(readdirSync(path.join(folder, 'two'))).toEqual([]);
  });

  it('goes on where nothing can be written', () => {
    const task = recordProgress(sink, path.join(folder, 'gone'), now).progress.start({ label: 'train', unit: 'steps' });
    task.update(1);
    expect(shown).toEqual([[1, undefined]]);
  });
});

describe('findRunsAtWork', () => {
  it('passes over what killed processes and finished runs left', async () => {
    for (const name of ['one', 'two', 'three']) {
      recordProgress(sink, path.join(folder, name), now).progress.start({ label: 'train', unit: 'steps' }).update(1);
    }
    const runs = [run('one'), run('two'), run('three', true)];
    expect(await findRunsAtWork(runs, [])).toEqual(new Map());
    expect(await findRunsAtWork(runs, [{ pid: process.pid + 1 }])).toEqual(new Map());
    const found = await findRunsAtWork(runs, [{ pid: process.pid + 1 }, process]);
    expect([...found.keys()]).toEqual([path.join(folder, 'one'), path.join(folder, 'two')]);
  });
});

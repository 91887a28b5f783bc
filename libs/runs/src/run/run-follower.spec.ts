import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listRuns, RunFollower } from './run-record-files';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'winnow-follow-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(name: string, status: 'running' | 'finished') {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  const files = { manifest: { method: 'kd', status }, config: {}, state: { identity: name, status } };
  const summary = status === 'finished' ? { summary: { accuracy: 0.5 } } : {};
  for (const [file, value] of Object.entries({ ...files, ...summary }))
    writeFileSync(join(folder, `${file}.json`), JSON.stringify(value));
  return join(folder, 'metrics.jsonl');
}
const line = (epoch: number, seconds = 1): string => `${JSON.stringify({ epoch, seconds })}\n`;

it('tells at each time what listRuns would', async () => {
  const follower = new RunFollower(root);
  const check = async (epochs: readonly number[][]) => {
    const records = await follower.list();
    expect(records).toEqual(await listRuns(root));
    expect(records.map(({ metrics }) => metrics.map(({ epoch }) => epoch))).toEqual(epochs);
  };
  await check([]);
  const file = write('a', 'running');
  await check([[]]);
  appendFileSync(file, line(1) + line(2).slice(0, 5));
  await check([[1]]);
  appendFileSync(file, line(2).slice(5) + line(3));
  await check([[1, 2, 3]]);
  write('b', 'running');
  await check([[1, 2, 3], []]);
  // A training that goes on from a checkpoint of epoch 1, and is as far again.
  writeFileSync(`${file}.tmp`, line(1) + line(2, 1.5) + line(3, 1.25));
  renameSync(`${file}.tmp`, file);
  await check([[1, 2, 3], []]);
  write('a', 'finished');
  await check([[1, 2, 3], []]);
  expect((await follower.list())[0]?.summary).toEqual({ accuracy: 0.5 });
  rmSync(join(root, 'a'), { recursive: true });
  await check([[]]);
});

it('names the line that is no record', async () => {
  const file = write('a', 'running');
  const follower = new RunFollower(root);
  appendFileSync(file, line(1));
  await follower.list();
  appendFileSync(file, 'nothing\n');
  await expect(follower.list()).rejects.toMatchObject({ code: 'DATA_CORRUPT', where: `${file}:2` });
});

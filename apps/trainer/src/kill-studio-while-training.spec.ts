import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { lockHolder } from '@winnow/db';
import { tinyWorld } from '@winnow/testing';
import { standingStill, startWinnow, writeStandStill } from './spec-support/halfway-training';
import { projectUnderTest } from './spec-support/project-under-test';
import type { ProjectUnderTest } from './spec-support/project-under-test';

const projects: ProjectUnderTest[] = [];
const children: ChildProcess[] = [];
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const project of projects) await project.remove();
});

async function newProject(): Promise<ProjectUnderTest> {
  const world = tinyWorld({ seed: 3, classes: 2, perClass: 12, size: 16, testPerClass: 6 });
  const project = await projectUnderTest(world, true);
  project.configure('train: { method: ce, batch: 8, epochs: 4, workers: 0 }\nevaluate: { test: test }');
  projects.push(project);
  return project;
}

function start(cwd: string, args: readonly string[], preload: readonly string[] = []): ChildProcess {
  const child = startWinnow(cwd, [...args, '--json'], preload);
  child.stderr?.resume();
  children.push(child);
  return child;
}

/** Weights and losses of a run. */
async function ended(training: ChildProcess) {
  let output = '';
  training.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(training, 'close')) as [number | null];
  expect(code).toBe(0);
  const folder = String((JSON.parse(output) as { readonly run: string }).run);
  const lines = readFileSync(path.join(folder, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
  const losses = lines.map((line) => (JSON.parse(line) as { readonly loss: number }).loss);
  return { weights: readFileSync(path.join(folder, 'student.safetensors')).toString('base64'), losses };
}

describe('a training beside a studio that holds the embedded database', () => {
  it('ends with the same bits when the studio is killed in its middle', async () => {
    const alone = await newProject();
    const reference = await ended(start(alone.folder, ['train', 'p.yaml']));
    const { folder } = await newProject();
    const studio = start(folder, ['studio', 'p.yaml', '--no-open']);
    const [told] = (await once(createInterface({ input: studio.stdout as NodeJS.ReadableStream }), 'line')) as [string];
    const { port, link } = JSON.parse(told) as { readonly port: number; readonly link: string };
    const authorization = `Bearer ${new URL(link).hash.replace('#key=', '')}`;
    const ask = (address: string) => fetch(`http://127.0.0.1:${port}${address}`, { headers: { authorization } });
    expect((await ask('/api/project')).status).toBe(200);
    expect((await lockHolder(path.join(folder, '.winnow/db.lock')))?.pid).toBe(studio.pid);

    const child = start(folder, ['train', 'p.yaml'], [writeStandStill(folder)]);
    const training = ended(child);
    await standingStill(child);
    const gone = once(studio, 'exit');
    studio.kill('SIGKILL');
    await gone;
    child.kill('SIGCONT');
    expect(await training).toEqual(reference);
  }, 240_000);
});

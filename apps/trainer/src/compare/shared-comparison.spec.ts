import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { listTrainings } from '@winnow/db';
import { listRuns } from '@winnow/runs';
import { tinyWorld } from '@winnow/testing';
import { standingStill, startWinnow, writeStandStill } from '../spec-support/halfway-training';
import { projectUnderTest } from '../spec-support/project-under-test';
import type { ProjectUnderTest } from '../spec-support/project-under-test';

const COMPARE = ['compare', 'p.yaml', '--methods', 'ce,kd', '--seeds', '2'];
const RUNS = ['ce, seed 1', 'ce, seed 2', 'kd, seed 1', 'kd, seed 2'];

const projects: ProjectUnderTest[] = [];
const children: ChildProcess[] = [];
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const project of projects) await project.remove();
});

async function newProject(): Promise<string> {
  const world = tinyWorld({ seed: 3, classes: 2, perClass: 12, size: 16, testPerClass: 6 });
  const project = await projectUnderTest(world, true);
  project.configure('train: { batch: 8, epochs: 3, workers: 0 }\nevaluate: { test: test }');
  projects.push(project);
  return project.folder;
}

/** A process of the comparison: what it says, and what becomes of it. */
function start(folder: string, preload: readonly string[] = []) {
  const child = startWinnow(folder, [...COMPARE, '--json'], preload);
  children.push(child);
  let [output, log] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  return {
    child,
    begun: () => [...log.matchAll(/^== (.*)\nTraining by/gm)].map(([, run]) => run as string),
    async says(text: string): Promise<void> {
      while (!log.includes(text)) await once(child.stderr as NodeJS.ReadableStream, 'data');
    },
    async ended() {
      if (child.exitCode === null) await once(child, 'close');
      expect([child.exitCode, log]).toEqual([0, expect.any(String)]);
      return JSON.parse(output) as {
        readonly results: readonly { readonly accuracy: object }[];
        readonly files: { readonly markdown: string };
      };
    },
  };
}

/** What a comparison came to, but for times, memory and folders. */
async function outcome(folder: string) {
  const runs = await listRuns(path.join(folder, '.winnow/runs'));
  return runs.map(({ folder: run, identity, metrics }) => ({
    identity,
    losses: metrics.map(({ epoch, loss }) => [epoch, loss]),
    weights: readFileSync(path.join(run, 'student.safetensors')).toString('base64'),
  }));
}

describe('winnow compare in several processes', () => {
  it('trains every student once, takes up what a killed one began, and ends all with the same table', async () => {
    const alone = await newProject();
    const reference = await start(alone).ended();

    const folder = await newProject();
    const killed = start(folder, [writeStandStill(folder)]);
    await standingStill(killed.child);
    const others = [start(folder), start(folder)];
    await Promise.all(others.map((other) => other.says('that other commands train: `winnow compare` (process ')));
    const runs = path.join(folder, '.winnow/runs');
    expect((await listTrainings(runs)).map(({ pid }) => pid).sort()).toEqual(
      [killed, ...others].map(({ child }) => child.pid).sort(),
    );
    killed.child.kill('SIGKILL');
    const [first, second] = await Promise.all(others.map((other) => other.ended()));

    const begun = others.flatMap((other) => other.begun());
    expect(killed.begun()).toEqual(['ce, seed 1']);
    expect(begun.filter((run) => run !== 'ce, seed 1').sort()).toEqual(RUNS.slice(1));
    expect(await outcome(folder)).toEqual(await outcome(alone));
    const accuracies = ({ results }: typeof reference) => results.map(({ accuracy }) => accuracy);
    expect(accuracies(first as typeof reference)).toEqual(accuracies(reference));
    expect(readFileSync((first as typeof reference).files.markdown, 'utf8')).toContain('| kd | winnow | 2 |');
    expect(second?.files).toEqual(first?.files);
    expect(await listTrainings(runs)).toEqual([]);
    expect(readdirSync(runs).filter((name) => /lock|training/.test(name))).toEqual([]);
  }, 240_000);
});

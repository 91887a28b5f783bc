import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { StudioStep } from '@winnow/contracts';
import { commandLine, stepArguments } from './step-arguments';
import { StepRunner } from './step-runner';

const SCRIPT = `
const { getPriority } = require('node:os');
console.log(JSON.stringify(process.argv.slice(2)), getPriority());
console.error('\\u001b[31mwarning');
if (process.argv[2] === 'wait') {
  process.on('SIGINT', () => process.exit(130));
  console.log('waiting');
  setInterval(() => {}, 1000);
} else process.exitCode = Number(process.argv[3]);
`;

let folder: string;
let runner: StepRunner;
let changed: () => void;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-steps-'));
  writeFileSync(path.join(folder, 'program.js'), SCRIPT);
  changed = () => undefined;
  const program = { executable: process.execPath, before: [path.join(folder, 'program.js')], cwd: folder };
  runner = new StepRunner(program, path.join(folder, 'logs'), () => changed());
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const begin = (argumentList: readonly string[]) =>
  runner.start({ step: 'crawl', options: {} }, argumentList, new Date(0));
const newest = async (): Promise<StudioStep> => (await runner.list())[0] as StudioStep;
async function ended(): Promise<StudioStep> {
  // Listened for before it is asked: it may end in between.
  const told = new Promise<void>((resolve) => {
    changed = resolve;
  });
  const step = await newest();
  if (step.state === 'ended') return step;
  await told;
  return ended();
}

it.each([
  ['0', 'Done.'],
  ['3', 'Done in part; what was done is kept.'],
  ['7', 'It ended with 7.'],
])('keeps log and exit code %s', async (code, outcome) => {
  const started = await begin(['crawl', code, "it's; rm -rf $HOME"]);
  expect(started).toMatchObject({ state: 'running', exitCode: null, startedAt: '1970-01-01T00:00:00.000Z' });
  const step = await ended();
  expect(step).toMatchObject({ id: started.id, exitCode: Number(code), outcome });
  const [first = ''] = step.lines;
  expect(first.startsWith(`["crawl","${code}","it's; rm -rf $HOME"] `)).toBe(true);
  expect(Number(first.split('] ')[1])).toBeGreaterThanOrEqual(10);
  expect(step.lines).toContain(' [31mwarning');
  expect(step.command).toBe(`winnow crawl ${code} 'it'\\''s; rm -rf $HOME'`);
});

it('stops at a safe point, and starts nothing twice', async () => {
  const { id } = await begin(['wait']);
  await expect(begin(['wait'])).rejects.toMatchObject({ code: 'RESOURCE_LIMIT' });
  const isWaiting = async () => (await newest()).lines.includes('waiting');
  while (!(await isWaiting())) await new Promise((resolve) => setImmediate(resolve));
  runner.stop(id);
  expect((await newest()).state).toBe('stopping');
  expect(await ended()).toMatchObject({ exitCode: 130, outcome: expect.stringContaining('safe point') as string });
  expect(() => runner.stop(id)).toThrow('No such step');
});

it('forgets old steps, but none that runs', async () => {
  const long = await begin(['wait']);
  for (let count = 0; count < 21; count += 1) {
    await runner.start({ step: 'report', options: {} }, ['report', '0'], new Date(0));
    await ended();
  }
  const steps = await runner.list();
  expect([steps.length, steps.at(-1)?.id]).toEqual([20, long.id]);
  await expect(begin(['wait'])).rejects.toMatchObject({ code: 'RESOURCE_LIMIT' });
  runner.stop(long.id);
  while ((await runner.list()).at(-1)?.state !== 'ended') await new Promise((resolve) => setImmediate(resolve));
});

it('says where nothing could be started', async () => {
  runner = new StepRunner({ executable: path.join(folder, 'none'), before: [], cwd: folder }, folder, () => changed());
  await begin(['crawl']);
  expect((await ended()).outcome).toContain('could not be started');
});

describe('the arguments of a step', () => {
  it.each([
    ['crawl', { extend: 20 }, ['crawl', 'p.yaml', '--extend=20']],
    ['crawl', { retry: 'timeout' }, ['crawl', 'p.yaml', '--retry=failed:timeout']],
    ['embed', { layout: true }, ['embed', 'p.yaml', '--layout']],
    ['embed', { layout: false }, ['embed', 'p.yaml']],
    ['compare', { methods: ['kd', 'ce'], seeds: 3 }, ['compare', 'p.yaml', '--methods=kd,ce', '--seeds=3']],
    ['engines check', { engine: 'bing' }, ['engines', 'check', 'bing', '--project=p.yaml']],
    [
      'forget',
      { what: ['a'.repeat(64), 'photos.example.org'] },
      ['forget', 'p.yaml', 'a'.repeat(64), 'photos.example.org'],
    ],
    ['split', {}, ['split', 'p.yaml']],
  ] as const)('are those of the command line: %s %j', (step, options, expected) => {
    expect(stepArguments(step, options, 'p.yaml')).toEqual(expected);
  });

  it.each([
    ['crawl', { extend: '20' }],
    ['crawl', { enqueue: true }],
    ['crawl', { retry: '--limit' }],
    ['engines check', { engine: '--query=x' }],
    ['forget', { what: ['--help'] }],
    ['forget', { what: ['file:///etc/passwd'] }],
    ['train', { method: 'none' }],
    ['export', { run: '../../etc' }],
    ['export', { run: '-x' }],
    ['report', { output: '/etc/passwd' }],
  ] as const)('are refused: %s %j', (step, options) => {
    expect(() => stepArguments(step, options, 'p.yaml')).toThrow();
  });

  it('hold no project that looks like a flag', () => {
    expect(commandLine(stepArguments('build', {}, '--x.yaml'))).toBe('winnow build ./--x.yaml');
  });
});

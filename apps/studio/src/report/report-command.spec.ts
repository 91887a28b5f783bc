import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { CommandInput, CommandIo } from '@winnow/contracts';

import { createCommands } from './report-command';
import { renderReport } from './render-report';
import type { ReportData } from './report-data';

const data: ReportData = {
  project: 'fashion',
  classes: ['coat'],
  date: '2026-11-24',
  engine: null,
  images: null,
  harvest: null,
  imports: null,
  duplicates: null,
  split: null,
  sheets: [],
  teacher: null,
  runs: [],
  reproduce: { commands: [], digests: {}, versions: {} },
};

describe('winnow report', () => {
  let cwd: string;
  const asked: string[] = [];
  const [report] = createCommands((project) => {
    asked.push(project);
    return Promise.resolve(data);
  });

  beforeEach(() => {
    asked.length = 0;
    cwd = mkdtempSync(join(tmpdir(), 'winnow-report-'));
  });
  afterEach(() => rmSync(cwd, { recursive: true, force: true }));

  const io = (): CommandIo => ({
    cwd,
    env: {},
    signal: new AbortController().signal,
    log: () => undefined,
    progress: { start: () => ({ update: () => undefined, end: () => undefined }) },
  });
  const input = (options: CommandInput['options'] = {}): CommandInput => ({
    arguments: { project: 'fashion.yaml' },
    options,
  });

  it('writes the page beside the project file', async () => {
    const result = await report!.run!(input(), io());
    const file = join(cwd, '.winnow', 'report.html');
    expect(asked).toEqual([join(cwd, 'fashion.yaml')]);
    expect(readFileSync(file, 'utf8')).toBe(renderReport(data));
    expect(result).toMatchObject({ exitCode: 0, json: { file, sizeBytes: readFileSync(file).length } });
  });

  it('writes it where --output says', async () => {
    await report!.run!(input({ output: 'pages/a.html' }), io());
    expect(readFileSync(join(cwd, 'pages', 'a.html'), 'utf8')).toContain('<title>fashion');
  });

  it('asks for the project file', async () => {
    await expect(report!.run!({ arguments: {}, options: {} }, io())).rejects.toMatchObject({ code: 'USAGE' });
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseCorrections } from '@winnow/config';
import type { CommandInput, CommandIo, CommandResult } from '@winnow/contracts';
import { listDecisions } from '@winnow/db';
import { openNewStudio } from '../spec-support/studio-project';
import type { StudioProject, StudioUnderTest } from '../spec-support/studio-project';
import { reviewCommand } from './review-command';
import { correctionsText } from './split-lists';

const uuid = (id: number): string => `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`;

describe('lists of corrections', () => {
  let project: StudioProject;
  let studio: StudioUnderTest;
  let folder: string;
  beforeAll(async () => {
    studio = await openNewStudio();
    ({ project } = studio);
    folder = mkdtempSync(path.join(tmpdir(), 'winnow-lists-'));
  });
  afterAll(async () => {
    await studio.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const text = async (): Promise<string> => String((await studio.ask('/api/list')).body);
  const send = (name: string, csv: string) => studio.ask('/api/list', { method: 'POST', body: { name, csv } });
  const classesOf = (csv: string) =>
    new Map(csv.split('\n').map((line) => line.split(',').slice(0, 2) as [string, string]));
  const edit = (csv: string, image: number, said: string, says: string): string =>
    csv.replace(`${project.digests[image]},${said},`, `${project.digests[image]},${says},`);

  it('say what is decided, most doubtful first, and become decisions once', async () => {
    const [first, second] = project.digests as [string, string];
    const decisions = [{ id: uuid(1), batch: uuid(1), sha256: first, says: 'class:dog', origin: 'one' }];
    await studio.ask('/api/decisions', { method: 'POST', body: { decisions } });
    const before = await text();
    expect([classesOf(before).get(first), classesOf(before).get(second)]).toEqual(['dog', '?']);
    const edited = edit(edit(before, 1, '?', 'open'), 2, '?', 'hawk');
    expect((await send('mine.csv', edited)).body).toEqual({ added: 1, known: 1, unknown: 0, otherClasses: 1 });
    expect((await send('mine.csv', edited)).body).toEqual({ added: 0, known: 2, unknown: 0, otherClasses: 1 });
    const closed = String((await studio.ask('/api/list?kind=closed&given=dog&q=doubt+<+.4')).body).split('\n');
    const whole = (await text()).split('\n');
    expect(closed).toEqual(whole.filter((line, at) => at === 0 || line === '' || closed.includes(line)));
    expect(closed.map((line) => project.digests.indexOf(line.slice(0, 64)))).toEqual([-1, 7, 10, -1]);
    const lines = await studio.context.database.use((db) => listDecisions(db, 'p'));
    expect(lines.at(-1)).toMatchObject({ person: 'file: mine.csv', sha256: second, says: 'open', origin: 'import' });
    expect((await send('mine.csv', 'a,b\n')).status).toBe(400);
    // What the page says follows at once: nobody asked for the log meanwhile.
    expect((await studio.ask('/api/images?count=2')).body).toMatchObject({
      tiles: [
        { state: 'decided', decided: 1 },
        { state: 'decided', decided: null },
      ],
    });
  });

  it('do not lose what the file says to a decision by a class that is gone', async () => {
    const [first, second, third] = project.digests as [string, string, string];
    const corrections = path.join(folder, 'corrections.csv');
    writeFileSync(corrections, `picture,class\n${first},cat\n${second},yak\n${third},dog\n${third},fox\n`);
    const { config } = project;
    const classes = config.classes.filter(({ name }) => name !== 'dog');
    const without = { ...config, classes, split: { ...config.split, corrections } };
    const said = await studio.context.database.use((db) => correctionsText(db, without));
    const told = classesOf(said);
    expect([told.get(first), told.get(second), told.get(third)]).toEqual(['cat', 'open', 'fox']);
  });

  it('say that an image shows none of the classes also where a class is called open', async () => {
    const [first, second] = project.digests.slice(-2) as [string, string];
    const corrections = path.join(folder, 'none.csv');
    writeFileSync(corrections, `picture,class\n${first},\n${second},open\n`);
    const { config } = project;
    const classes = [...config.classes, { ...(config.classes[0] as (typeof config.classes)[number]), name: 'open' }];
    const named = { ...config, classes, split: { ...config.split, corrections } };
    const said = await studio.context.database.use((db) => correctionsText(db, named));
    const read = parseCorrections(said, { file: 'x', classes: classes.map(({ name }) => name) });
    const told = new Map(read.map(({ picture, className }) => [picture, className]));
    expect([told.get(first), told.get(second)]).toEqual([null, 'open']);
  });

  it('are read and written by the command as by the page', async () => {
    const io = { cwd: project.config.paths.root, env: {}, log: () => undefined, signal: new AbortController().signal };
    const run = (options: CommandInput['options']): Promise<CommandResult> =>
      reviewCommand.run!({ arguments: { project: 'p.yaml' }, options }, io as unknown as CommandIo);
    const [edited, list] = [path.join(folder, 'other.csv'), path.join(folder, 'list.csv')];
    writeFileSync(edited, edit(await text(), 3, '?', 'fox'));
    const { json } = await run({ import: edited, list });
    expect(json).toMatchObject({ imported: { added: 1 }, decided: 3, disputed: 0, people: { 'file: other.csv': 1 } });
    expect(readFileSync(list, 'utf8')).toBe(await text());
    await expect(run({ list })).rejects.toMatchObject({ code: 'FILE_NOT_WRITABLE', where: list });
  });
});

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { DecisionOrigin } from '@winnow/contracts';
import { openDatabase, saveMeasurePlan, storeDecisions } from '@winnow/db';
import { tinyWorld } from '@winnow/testing';
import { splitCommand } from '../commands/split';
import { trainCommand } from '../commands/train';
import { projectUnderTest } from '../spec-support/project-under-test';
import type { ProjectUnderTest } from '../spec-support/project-under-test';

const SHORT = 'train: { method: kd-known, batch: 8, epochs: 1, workers: 0 }';
const CLASSES = ['disc', 'square'];
const DECIDED = 20;
const uuid = (id: number): string => `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`;
const sha256 = (row: number): string => String(row).padStart(64, '0');

describe('decisions in the database', () => {
  let project: ProjectUnderTest;
  beforeAll(async () => {
    project = await projectUnderTest(tinyWorld({ seed: 3, classes: 2, perClass: 12, size: 16, testPerClass: 1 }));
  });
  afterAll(() => project.remove());

  const decide = async (rows: readonly number[], origin: DecisionOrigin = 'one', plan?: string) => {
    const handle = await openDatabase({ stateDir: path.join(project.folder, '.winnow'), holder: 'a spec' });
    const lines = rows.map((row) => {
      const says = row % 5 === 0 ? 'open' : `class:${CLASSES[row % 2]}`;
      const id = uuid(plan === undefined ? row : 1000 + row);
      return { id, batch: id, sha256: sha256(row), says, origin, ...(plan !== undefined && { plan }) };
    });
    await storeDecisions(handle.db, { project: 'p', person: 'anna', at: new Date(0) }, lines);
    await handle.close();
  };
  const split = async (settings: string, options: { readonly list?: string; readonly method?: string } = {}) => {
    project.configure(`${SHORT}\nsplit: { ${settings} }`);
    const { json, text } = await project.run(splitCommand, options);
    return { id: json['split'], isReused: json['reused'], json, text: text.join('\n') };
  };
  const train = async (settings: string, options: { readonly method?: string; readonly seed?: number } = {}) => {
    project.configure(`${SHORT}\nsplit: { ${settings} }`);
    const { json } = await project.run(trainCommand, options);
    return [json['run'], json['reused']];
  };

  it('correct the split as the same lines of a file do, and what learns from it learns anew', async () => {
    const [before] = await train('');
    const [unread] = await train('', { method: 'winnow-1' });
    const plain = await split('');
    await decide(Array.from({ length: DECIDED }, (_, row) => row));
    const decided = await split('', { list: 'list.csv' });
    expect(decided.text).toContain(`Corrected by a person: ${DECIDED} images.`);
    expect(decided.id).not.toBe(plain.id);
    expect(await split('decisions: false')).toMatchObject({ id: plain.id, isReused: true });
    expect(await split('decisions: false, corrections: list.csv')).toMatchObject({ id: decided.id, isReused: true });
    expect(await split('corrections: list.csv')).toMatchObject({ id: decided.id, isReused: true });
    const [after, isReused] = await train('');
    expect([after === before, isReused]).toEqual([false, false]);
    expect(await train('decisions: false')).toEqual([before, true]);
    // Of what learns the same as before the finished run stays.
    expect(await train('', { method: 'winnow-1' })).toEqual([unread, true]);

    const list = readFileSync(path.join(project.folder, 'list.csv'), 'utf8');
    writeFileSync(path.join(project.folder, 'list.csv'), list.replace(`${sha256(1)},square,`, `${sha256(1)},disc,`));
    await expect(split('corrections: list.csv')).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
      message: 'The file says disc of an image, and the decision of anna in the database says square',
    });
  });

  it('of images that were drawn to measure the split are laid over it, and no fit learns from them', async () => {
    const fitted = await split('method: winnow');
    const row = DECIDED + 1;
    await decide([row], 'measure');
    const laid = await split('method: winnow', { list: 'laid.csv' });
    expect([laid.text.includes(`${DECIDED + 1} images`), laid.id === fitted.id]).toEqual([true, false]);
    const cells = (name: string) =>
      new Map(
        readFileSync(path.join(project.folder, name), 'utf8')
          .split('\n')
          .map((line) => [line.slice(0, 64), line]),
      );
    const known = Array.from({ length: DECIDED }, (_, at) => cells('laid.csv').get(sha256(at)) as string);
    writeFileSync(
      path.join(project.folder, 'without.csv'),
      ['picture,class', ...known.map((line) => line.split(',').slice(0, 2).join(','))].join('\n'),
    );
    const without = await split('method: winnow, decisions: false, corrections: without.csv', { list: 'fitted.csv' });
    expect(without).toMatchObject({ id: fitted.id, isReused: true });
    const [one, other] = [cells('laid.csv'), cells('fitted.csv')];
    const changed = [...one.keys()].filter((image) => one.get(image) !== other.get(image));
    expect(changed).toEqual([sha256(row)]);
  });

  it('that measured the split are on the card of what is trained then, with intervals', async () => {
    const plain = await split('decisions: false');
    const plan = uuid(999);
    const handle = await openDatabase({ stateDir: path.join(project.folder, '.winnow'), holder: 'a spec' });
    const looks = { clean: DECIDED + 4, closed: DECIDED + 4, open: DECIDED + 4 };
    const settings = { seed: 's', halfWidth: 0.1, isBlind: true, stages: [looks] };
    const record = { id: plan, buildId: 'one', splitId: String(plain.id), person: 'anna', settings };
    await saveMeasurePlan(handle.db, 'p', record);
    await handle.close();
    await decide(
      Array.from({ length: DECIDED + 4 }, (_, row) => row),
      'measure',
      plan,
    );
    const [run, isReused] = await train('', { seed: 2 });
    expect(isReused).toBe(false);
    const runs = path.join(project.folder, '.winnow/runs');
    const folder = readdirSync(runs).find((name) => name.endsWith('-s2')) ?? String(run);
    const card = readFileSync(path.join(runs, folder, 'model-card.md'), 'utf8');
    const [, measured = ''] = card.split('### Measured');
    expect(measured).toContain(`People looked at ${DECIDED + 4} images`);
    expect(measured).toMatch(/The labels under which images were collected are right for \d+\.\d+ % \(.* % to .* %\)/);
    expect(measured).toMatch(/\| clean \| \d+ \| \d+\.\d+ % \(/);
  });
});

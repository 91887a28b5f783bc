import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadWorld } from './load-world';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-world-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const world = { name: 'w', classes: ['a', 'b'], size: 32, images: ['../x.tar.gz'], pool: 'pool.csv' };
const load = (value: unknown) => {
  writeFileSync(path.join(folder, 'world.json'), typeof value === 'string' ? value : JSON.stringify(value));
  return loadWorld(path.join(folder, 'world.json'));
};

describe('loadWorld', () => {
  it('reads what it knows and passes over the rest', async () => {
    expect(await load({ ...world, made: 'by hand' })).toEqual(world);
  });

  it('reads the student that it is meant for, and what the teacher calls its classes', async () => {
    const teacher = { weights: 'teacher', rename: { a: '#3', b: 'bee, insect' } };
    expect(await load({ ...world, student: 'resnet8', teacher })).toEqual({ ...world, student: 'resnet8', teacher });
  });

  it.each([
    ['a list', [world], '(top level)'],
    ['a missing list', { ...world, images: undefined }, 'images'],
    ['a name with a slash', { ...world, name: '../w' }, 'name'],
    ['one class', { ...world, classes: ['a'] }, 'classes'],
    ['a student without a name', { ...world, student: '' }, 'student'],
    ['a renamed class that is no name', { ...world, teacher: { weights: 't', rename: { 'a/b': 'c' } } }, 'rename'],
  ])('names the key of %s', async (_, value, key) => {
    await expect(load(value)).rejects.toMatchObject({ code: 'FORMAT_INVALID', where: expect.stringContaining(key) });
  });

  it('says that it is no JSON', async () => {
    await expect(load('{')).rejects.toMatchObject({ message: expect.stringContaining('is not JSON') });
  });

  it('says that the file is missing', async () => {
    await expect(loadWorld(path.join(folder, 'none.json'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encodePng } from '@winnow/imaging';
import { MAX_SHARED_BYTES } from '@winnow/training';
import { listClassNames, loadLabelledImages } from './load-labelled-images';

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-labelled-'));
  for (const [name, grey] of [
    ['cat/1.png', 10],
    ['cat/2.png', 20],
    ['dog/1.png', 200],
  ] as const) {
    mkdirSync(path.join(folder, 'set', path.dirname(name)), { recursive: true });
    writeFileSync(
      path.join(folder, 'set', name),
      await encodePng({ width: 8, height: 8, data: new Uint8Array(192).fill(grey) }),
    );
  }
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const OPTIONS = { size: 8, resize: 'squash', signal: new AbortController().signal } as const;

describe('loadLabelledPictures', () => {
  it('reads a folder per class and a tar alike, in the order of names', async () => {
    spawnSync('tar', [
      '--format=ustar',
      '-cf',
      path.join(folder, 'set.tar'),
      '-C',
      path.join(folder, 'set'),
      'cat',
      'dog',
    ]);
    for (const source of ['set', 'set.tar']) {
      const images = await loadLabelledImages(path.join(folder, source), ['dog', 'cat'], OPTIONS);
      expect(images.keys).toEqual(['cat/1.png', 'cat/2.png', 'dog/1.png']);
      expect([...images.labels]).toEqual([1, 1, 0]);
      expect([images.pixels[0], images.pixels[192], images.pixels[384]]).toEqual([10, 20, 200]);
    }
    expect(await listClassNames(path.join(folder, 'set'))).toEqual(['cat', 'dog']);
  });

  it('stops when it is told to', async () => {
    const stopped = loadLabelledImages(path.join(folder, 'set'), ['cat', 'dog'], {
      ...OPTIONS,
      signal: AbortSignal.abort(),
    });
    await expect(stopped).rejects.toMatchObject({
      code: 'INTERRUPTED',
      message: 'Stopped after reading 0 of 3 labelled images',
    });
  });

  it('refuses what no array can hold before it reads an image', async () => {
    const size = Math.ceil(Math.sqrt(MAX_SHARED_BYTES / 9)) + 1;
    const set = path.join(folder, 'set');
    writeFileSync(path.join(set, 'dog/1.png'), 'no image');
    await expect(loadLabelledImages(set, ['cat', 'dog'], { ...OPTIONS, size })).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
      where: set,
      message: expect.stringMatching(/^These labelled images would take \d+\.\d GB of memory$/) as string,
    });
  });

  it('names all images that cannot be used at once, and counts what it does not name', async () => {
    const set = path.join(folder, 'set');
    for (let index = 10; index < 22; index += 1) writeFileSync(path.join(set, `dog/${index}.png`), 'no image');
    const error: unknown = await loadLabelledImages(set, ['cat', 'dog'], OPTIONS).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'IMAGE_UNREADABLE', where: set, next: 'Remove, replace or repair them.' });
    const { message } = error as Error;
    expect(message).toMatch(/^12 of 15 images cannot be used: .*; and 2 more$/);
    expect(message.match(/set\/dog\/1\d\.png \(not_an_image: [^)]*\)/g)).toHaveLength(10);
  });

  it('names what is wrong: an unknown class, a broken image, nothing there', async () => {
    const set = path.join(folder, 'set');
    await expect(loadLabelledImages(set, ['cat'], OPTIONS)).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
      where: path.join(set, 'dog/1.png'),
    });
    writeFileSync(path.join(set, 'dog/2.png'), 'no image');
    await expect(loadLabelledImages(set, ['cat', 'dog'], OPTIONS)).rejects.toMatchObject({
      code: 'IMAGE_UNREADABLE',
      where: path.join(set, 'dog/2.png'),
    });
    await expect(loadLabelledImages(path.join(folder, 'none'), ['cat'], OPTIONS)).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
    mkdirSync(path.join(folder, 'empty'));
    await expect(loadLabelledImages(path.join(folder, 'empty'), ['cat'], OPTIONS)).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
    });
  });
});

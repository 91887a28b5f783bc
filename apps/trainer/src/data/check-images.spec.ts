import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import files from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encodePng } from '@winnow/imaging';
import { loadCheckImages } from './check-images';

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-check-'));
  for (const [name, grey] of [
    ['cat/1.png', 10],
    ['dog/1.png', 200],
    ['other.png', 90],
  ] as const) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    const data = new Uint8Array(192).fill(grey);
    writeFileSync(path.join(folder, name), await encodePng({ width: 8, height: 8, data }));
  }
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const load = (...locations: string[]) => loadCheckImages(locations, { size: 8, resize: 'squash' });

describe('loadCheckPictures', () => {
  it('finds files, folders of them and a folder per class, links too, and asks the disk about links alone', async () => {
    symlinkSync(path.join(folder, 'cat/1.png'), path.join(folder, 'dog/2.png'));
    const asked = jest.spyOn(files, 'stat');
    const { names, labels, pixels, found } = await load(folder);
    expect(names).toEqual(['cat/1.png', 'dog/1.png', 'dog/2.png', 'other.png']);
    expect(labels).toEqual(['cat', 'dog', 'dog', null]);
    expect([0, 192, 384, 576].map((at) => pixels[at])).toEqual([10, 200, 10, 90]);
    expect(found).toBe(4);
    expect(asked.mock.calls.flat()).toEqual([folder, path.join(folder, 'dog/2.png')]);
  });

  it('names all that cannot be used at once, a link that leads nowhere among them', async () => {
    const link = path.join(folder, 'cat/2.png');
    symlinkSync(path.join(folder, 'gone.png'), link);
    await expect(load(folder)).rejects.toMatchObject({
      code: 'IMAGE_UNREADABLE',
      message: 'An image cannot be used, unreadable: ENOENT',
      where: link,
    });
    writeFileSync(path.join(folder, 'dog/3.png'), 'no image');
    const message = expect.stringMatching(
      /^2 of 5 images .*cat\/2\.png \(unreadable: ENOENT\); .*dog\/3\.png \(not_an_image/,
    );
    await expect(load(folder)).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE', message, where: folder });
  });

  it('names a folder that cannot be read', async () => {
    const { readdir } = files;
    const locked = path.join(folder, 'cat');
    jest.spyOn(files, 'readdir').mockImplementation((async (...asked: Parameters<typeof readdir>) => {
      if (asked[0] === locked) throw Object.assign(new Error('EACCES'), { code: 'EACCES' });
      return readdir(...asked);
    }) as typeof readdir);
    await expect(load(folder)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND', where: locked });
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encodePng } from '@winnow/imaging';
import { digestLabelledFiles, listLabelledFiles } from '@winnow/shards';
import { loadTestSet } from './prepare-training';

const SIZE = 8;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-test-set-'));
  mkdirSync(path.join(folder, 'test', 'cat'), { recursive: true });
  // Grey in the middle square, white at both ends.
  const image = (width: number, height: number) => {
    const isMiddle = (at: number, side: number) => at >= (side - SIZE) / 2 && at < (side + SIZE) / 2;
    const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => {
      const pixel = Math.floor(at / 3);
      return isMiddle(pixel % width, width) && isMiddle(Math.floor(pixel / width), height) ? 90 : 255;
    });
    return encodePng({ width, height, data });
  };
  writeFileSync(path.join(folder, 'test', 'cat', '1-wide.png'), await image(3 * SIZE, SIZE));
  writeFileSync(path.join(folder, 'test', 'cat', '2-high.png'), await image(SIZE, 2 * SIZE));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const projectWith = (log: (line: string) => void) => ({
  config: {
    classes: [{ name: 'cat' }],
    evaluate: { test: 'test' },
    paths: { root: folder },
    train: {},
    build: { size: SIZE, resize: 'keep' },
  },
  io: { signal: new AbortController().signal, log },
});

describe('loadTestSet', () => {
  it('says where the data set was not checked for copies of these images', async () => {
    const digest = await digestLabelledFiles(await listLabelledFiles(path.join(folder, 'test')));
    const said = async (leakCheck: unknown): Promise<number> => {
      const lines: string[] = [];
      const project = projectWith((line) => lines.push(line));
      await loadTestSet(project as never, { config: { leakCheck } } as never);
      return lines.filter((line) => line.startsWith('The data set was not checked for copies')).length;
    };
    expect(await said({ digest, images: 2 })).toBe(0);
    expect(
      await said({
        sources: [
          { label: 'holdout1', digest: 'other' },
          { label: 'test', digest },
        ],
      }),
    ).toBe(0);
    expect(await said(null)).toBe(1);
    expect(await said({ digest: 'other', images: 2 })).toBe(1);
  });

  it('names test images that cannot be used before it says anything of copies', async () => {
    const broken = path.join(folder, 'test', 'cat', '3-broken.png');
    writeFileSync(broken, 'no image');
    const lines: string[] = [];
    const loaded = loadTestSet(projectWith((line) => lines.push(line)) as never, { config: undefined } as never);
    await expect(loaded).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE', where: broken });
    expect(lines).toEqual([]);
    rmSync(broken);
  });

  it('takes the middle of test images where the data set keeps their shape, as of those to learn from', async () => {
    const test = await loadTestSet(projectWith(() => undefined) as never, { config: undefined } as never);
    expect(test?.count).toBe(2);
    expect(new Set(test?.pixels)).toEqual(new Set([90]));
  });
});

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { earlierDecisions, writeSplitList } from './split-list';

const HEADER = 'picture,class,given,kind,clean,closed,open,refined,url';
const [A, B, C, OTHER] = ['a', 'b', 'c', 'e'].map((letter) => letter.repeat(64)) as [string, string, string, string];
const ALL = [A, B, C];

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-split-list-'));
  file = path.join(folder, 'list.csv');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A pool of the images of these digests. */
const poolOf = (sha256: readonly string[]) => ({
  images: {
    ...{ count: sha256.length, size: 8, keys: sha256.map((_, row) => String(row).padStart(9, '0')) },
    ...{ labels: new Int32Array(sha256.length), classes: ['owl', '=wren'] },
  },
  provenance: sha256.map((digest) => [{ imageUrl: `http://x.test/${digest[0]}` }]),
  sha256,
});
const write = (
  sha256: readonly string[],
  applied: readonly { readonly row: number; readonly truth: number | 'open' }[] = [],
  copies: ReadonlyMap<string, readonly string[]> = new Map(),
) => {
  const split = {
    kinds: new Uint8Array(sha256.length),
    probabilities: Float32Array.from(sha256.flatMap(() => [1, 0, 0])),
    refinedLabels: new Int32Array(sha256.length),
    score: new Float32Array(sha256.length),
  };
  const corrections = { applied, measured: new Set<number>(), unknown: [], foreign: [], overruled: [], digest: null };
  return writeSplitList(file, { ...poolOf(sha256), copies } as never, { split, corrections });
};
const listed = (): Record<string, string> => {
  const [, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
  return Object.fromEntries(lines.map((line) => line.split(',').slice(0, 2) as [string, string]));
};

describe('writeSplitList', () => {
  it('keeps what a person decided, also of images that this data set lacks', async () => {
    const lines = [`${A},owl,owl,clean,1,0,0,owl,`, 'http://x.test/b,,x', `${C},?`, `${OTHER},'=wren,owl,mine`];
    writeFileSync(file, `${[HEADER, ...lines].join('\n')}\n`);
    expect(await write(ALL)).toEqual({ decisions: 2, unknown: 1, overruled: 0 });
    expect(listed()).toEqual({ [A]: 'owl', [B]: 'open', [C]: '?', [OTHER]: "'=wren" });
    expect(readFileSync(file, 'utf8')).toMatch(/\ne{64},'=wren,owl,mine\n$/);
    // Listed again and again, with the image there or not, nothing is lost.
    expect(await write([A, OTHER])).toEqual({ decisions: 2, unknown: 1, overruled: 0 });
    expect(await write([...ALL, OTHER])).toEqual({ decisions: 3, unknown: 0, overruled: 0 });
    expect(listed()).toEqual({ [A]: 'owl', [B]: 'open', [C]: '?', [OTHER]: "'=wren" });
  });

  it('keeps what was decided of an image that has been folded into another one', async () => {
    const copies = new Map([[C, [A, OTHER]]]);
    writeFileSync(file, `${HEADER}\n${A},owl\n`);
    expect(await write([B, C], [], copies)).toEqual({ decisions: 1, unknown: 0, overruled: 0 });
    expect(listed()).toEqual({ [B]: '?', [C]: 'owl' });
    // Two copies of which different things were said decide nothing, and neither is lost.
    writeFileSync(file, `${HEADER}\n${A},owl\n${OTHER},open\n`);
    expect(await write([B, C], [], copies)).toEqual({ decisions: 0, unknown: 0, overruled: 2 });
    expect(listed()).toEqual({ [B]: '?', [C]: '?', [A]: 'owl', [OTHER]: 'open' });
  });

  it('finds each image again where one more came before it', async () => {
    await write([B, C]);
    writeFileSync(file, readFileSync(file, 'utf8').replace(`${C},?`, `${C},'=wren`));
    await write(ALL);
    expect(listed()).toEqual({ [A]: '?', [B]: '?', [C]: "'=wren" });
  });

  it('keeps what was decided for a class that the project no longer has, and lets the image be decided again', async () => {
    writeFileSync(file, `${HEADER}\n${A},hawk\n${B},owl\n`);
    expect(await write(ALL)).toEqual({ decisions: 1, unknown: 1, overruled: 0 });
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(new RegExp(`^${A},\\?,[^]*\n${A},hawk\n$`, 'm'));
    writeFileSync(file, text.replace(`${A},?`, `${A},owl`));
    expect(await write(ALL)).toEqual({ decisions: 2, unknown: 1, overruled: 0 });
  });

  it('takes the word of the list where split.corrections says something else', async () => {
    writeFileSync(file, `${HEADER}\n${A},owl\n`);
    await write(ALL, [
      { row: 0, truth: 'open' },
      { row: 1, truth: 1 },
    ]);
    expect(listed()).toEqual({ [A]: 'owl', [B]: "'=wren", [C]: '?' });
  });

  it.each(['000000001,owl', `${A},owl\nhttp://x.test/a,`, A])(
    'leaves a list alone that it cannot read: %j',
    async (line) => {
      const text = `${HEADER}\n${line}\n`;
      writeFileSync(file, text);
      await expect(write(ALL)).rejects.toMatchObject({ code: 'FORMAT_INVALID' });
      expect(readFileSync(file, 'utf8')).toBe(text);
    },
  );
});

describe('earlierDecisions', () => {
  it('finds none where there is no file, or an empty one', async () => {
    expect(await earlierDecisions(file, ['owl'])).toEqual([]);
    writeFileSync(file, '');
    expect(await earlierDecisions(file, ['owl'])).toEqual([]);
  });

  it('knows a list that a spreadsheet saved', async () => {
    const header = HEADER.split(',').map((name) => `"${name}"`);
    writeFileSync(file, `\ufeff${header.join(',')}\r\n"${A}","owl"\r\n`);
    expect(await earlierDecisions(file, ['owl'])).toMatchObject([{ picture: A, className: 'owl' }]);
  });

  it.each([
    ['a project file', 'name: birds\nclasses: [{ name: owl }]\n'],
    ['corrections by hand', `picture,class\n${A},owl\n`],
    ['a list with a column more', `${HEADER},note\n`],
  ])('refuses %s', async (_, text) => {
    writeFileSync(file, text);
    await expect(earlierDecisions(file, ['owl'])).rejects.toMatchObject({ code: 'FILE_NOT_WRITABLE', where: file });
  });

  it('refuses a folder', async () => {
    mkdirSync(file);
    await expect(earlierDecisions(file, ['owl'])).rejects.toMatchObject({ code: 'FILE_NOT_WRITABLE' });
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { readColumns, readLayout, writeColumns, writeLayout } from './index';
import { columnsOf, imagesArbitrary, sampleImages } from './spec-support/drawn-columns';

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-columns-'));
  file = path.join(folder, 'a-b.bin');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a file of columns', () => {
  it('gives back what was written', async () => {
    await fc.assert(
      fc.asyncProperty(imagesArbitrary, async (images) => {
        const columns = columnsOf(images);
        await writeColumns(file, columns, 'build split');
        expect(await readColumns(file, 'build split')).toEqual(columns);
      }),
      { seed: 1, numRuns: 30 },
    );
  });

  it('is made again where it is missing, of something else, or damaged at any place', async () => {
    const images = sampleImages(2);
    const columns = columnsOf(images);
    expect(await readColumns(path.join(folder, 'none.bin'), 's')).toBeNull();
    await writeColumns(file, columns, 's');
    expect(await readColumns(file, 'another')).toBeNull();
    const bytes = readFileSync(file);
    const padding = new Set<number>();
    for (let at = 0; at < bytes.length; at += 1) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 0x41;
      writeFileSync(file, damaged);
      const read = await readColumns(file, 's');
      // Between sections lie bytes that nothing reads.
      if (read === null) continue;
      expect(read).toEqual(columns);
      padding.add(at);
    }
    expect(padding.size).toBeLessThan(8 * 25);
    for (const length of [0, 10, 20, 100, bytes.length - 9]) {
      writeFileSync(file, bytes.subarray(0, length));
      expect(await readColumns(file, 's')).toBeNull();
    }
  });
});

describe('a file of a layout', () => {
  const layout = {
    ...{ count: 3, network: 'a network', landmarks: 2 },
    xs: Float32Array.of(0, 1, NaN),
    ys: Float32Array.of(0.25, 0.5, NaN),
  };

  it('gives back what was written, of the same data set, where nothing is damaged', async () => {
    const name = path.join(folder, 'layout.bin');
    expect(await readLayout(name, 'digest')).toBeNull();
    await writeLayout(name, layout, 'digest');
    expect(await readLayout(name, 'digest')).toEqual(layout);
    expect(await readLayout(name, 'another')).toBeNull();
    expect(await readColumns(name, 'digest')).toBeNull();
    const bytes = readFileSync(name);
    bytes[bytes.length - 9] = (bytes[bytes.length - 9] ?? 0) ^ 1;
    writeFileSync(name, bytes);
    expect(await readLayout(name, 'digest')).toBeNull();
  });
});

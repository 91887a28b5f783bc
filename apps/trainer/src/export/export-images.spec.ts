import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encodePng } from '@winnow/imaging';
import { loadExportImages } from './export-images';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-export-images-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What exports of a project without test images are measured on, where so many images are named for calibration. */
async function imagesOf(count: number, { isInt8 = true, test }: { isInt8?: boolean; test?: string } = {}) {
  for (let index = 0; index < count; index += 1) {
    const data = new Uint8Array(8 * 8 * 3).fill(10 * index);
    writeFileSync(path.join(folder, `${index}.png`), await encodePng({ width: 8, height: 8, data }));
  }
  return loadExportImages(
    { check: [], test, calibrate: [folder], pool: undefined },
    { size: 8, resize: 'squash', signal: new AbortController().signal, isInt8 },
  );
}

describe('images of an export', () => {
  it('are never those that int8 was calibrated on, be there one image only', async () => {
    const { measured, origin, calibrated } = await imagesOf(1);
    expect(calibrated?.names).toEqual(['0.png']);
    expect(origin).toBe('noise');
    expect(measured.names).not.toContain('0.png');
  });

  it('are calibrated on where something is: else they are not read, and nobody says so', async () => {
    const test = path.join(folder, 'test');
    mkdirSync(path.join(test, 'cat'), { recursive: true });
    writeFileSync(path.join(test, 'cat', 't.png'), await encodePng({ width: 8, height: 8, data: new Uint8Array(192) }));
    const { measured, calibrated } = await imagesOf(1, { isInt8: false, test });
    expect([measured.names, calibrated]).toEqual([['cat/t.png'], null]);
    expect((await imagesOf(3, { isInt8: false })).calibrated).toBeNull();
  });

  it('are said to be what is left of those named for calibration', async () => {
    const { measured, origin, calibrated } = await imagesOf(3);
    expect([measured.names, calibrated?.names, origin]).toEqual([['1.png'], ['0.png', '2.png'], 'rest']);
  });
});

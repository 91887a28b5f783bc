import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
async function imagesOf(count: number) {
  for (let index = 0; index < count; index += 1) {
    const data = new Uint8Array(8 * 8 * 3).fill(10 * index);
    writeFileSync(path.join(folder, `${index}.png`), await encodePng({ width: 8, height: 8, data }));
  }
  return loadExportImages(
    { check: [], test: undefined, calibrate: [folder], pool: undefined },
    { size: 8, resize: 'squash', signal: new AbortController().signal },
  );
}

describe('images of an export', () => {
  it('are never those that int8 was calibrated on, be there one image only', async () => {
    const { measured, origin, calibrated } = await imagesOf(1);
    expect(calibrated?.names).toEqual(['0.png']);
    expect(origin).toBe('noise');
    expect(measured.names).not.toContain('0.png');
  });

  it('are said to be what is left of those named for calibration', async () => {
    const { measured, origin, calibrated } = await imagesOf(3);
    expect([measured.names, calibrated?.names, origin]).toEqual([['1.png'], ['0.png', '2.png'], 'rest']);
  });
});

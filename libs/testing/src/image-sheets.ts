import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WinnowError } from '@winnow/contracts';
import { decodeImage, encodeJpeg, encodePng, resizeRgb } from '@winnow/imaging';
import type { RgbImage } from '@winnow/imaging';
import type { DemoListing, DemoRow, DemoSheet } from './demo-listing';
import type { ServedFile } from './reply';

/** The image of a row as a file; the same row gives the same bytes. */
export type RenderRow = (row: Pick<DemoRow, 'picture' | 'form'>) => Promise<ServedFile>;

const SHEET_LIMITS = { maxPixels: 50_000_000, minSide: 1, maxAspectRatio: 1000 };

/** Cuts images out of the sheets in `imagesDir` and encodes them; sheets and files are kept in memory. */
export function imageSheets(imagesDir: string, listing: DemoListing): RenderRow {
  const sheets = new Map<string, Promise<RgbImage>>();
  const files = new Map<string, Promise<ServedFile>>();
  const render: RenderRow = async ({ picture, form }) => {
    const [name = '', cell = ''] = picture.split('/');
    const sheet = listing.sheets[name];
    if (sheet === undefined) throw new WinnowError('FORMAT_INVALID', `No sheet holds the image ${picture}`);
    const path = join(imagesDir, sheet.file);
    const pixels = await remember(sheets, name, () => readSheet(path));
    return encodeForm(cutCell(pixels, sheet, Number(cell)), form);
  };
  return (row) => remember(files, `${row.picture} ${row.form}`, () => render(row));
}

function remember<T>(memory: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = memory.get(key) ?? make();
  memory.set(key, known);
  return known;
}

async function readSheet(path: string): Promise<RgbImage> {
  const decoded = await decodeImage(readFileSync(path), SHEET_LIMITS);
  if (!decoded.ok)
    throw new WinnowError('IMAGE_UNREADABLE', `The sheet is damaged: ${decoded.detail}`, { where: path });
  return decoded.image;
}

function cutCell(sheet: RgbImage, { cell, columns }: DemoSheet, index: number): RgbImage {
  const data = new Uint8Array(cell * cell * 3);
  const left = (index % columns) * cell;
  const top = Math.floor(index / columns) * cell;
  for (let y = 0; y < cell; y += 1) {
    const start = ((top + y) * sheet.width + left) * 3;
    data.set(sheet.data.subarray(start, start + cell * 3), y * cell * 3);
  }
  return { width: cell, height: cell, data };
}

async function encodeForm(image: RgbImage, form: string): Promise<ServedFile> {
  const match = /^(?:(png) (\d+)|jpeg (\d+) q(\d+))$/.exec(form);
  if (match === null) throw new WinnowError('FORMAT_INVALID', `A row has the unknown form "${form}"`);
  const [, png, pngSide, jpegSide, quality] = match;
  const side = Number(pngSide ?? jpegSide);
  const scaled = await resizeRgb(image, side, 'squash');
  if (png !== undefined) return { bytes: await encodePng(scaled), mime: 'image/png', side };
  return { bytes: await encodeJpeg(scaled, Number(quality)), mime: 'image/jpeg', side };
}

import { requireTypeScript } from '../../../tools/require-typescript.mjs';
import { crawlImages } from './hostile-web.mjs';

const { hiddenScansJpeg, manyScansJpeg } = requireTypeScript('libs/imaging/src/spec-support/hostile-images.ts');
const SIDE = 10_000;
/** Few enough pixels to be decoded without a process of its own. */
const HIDDEN_SIDE = 4992;
const BYTES = 20_000_000;

/** A scan is a pass over all pixels, and takes some 200 bytes. */
export default {
  finding: 'A3',
  what: 'JPEG of 100 megapixels and many scans',
  async run({ folder, winnow }) {
    const scanBytes = manyScansJpeg(SIDE, 3).length - manyScansJpeg(SIDE, 2).length;
    const rows = [];
    for (const scans of [2000, Math.floor((BYTES - 250_000) / scanBytes)]) {
      const image = manyScansJpeg(SIDE, scans);
      const of = `${this.what}: ${scans}, ${(image.length / 1e6).toFixed(1)} MB`;
      rows.push({ of, ...(await crawlImages([image], { folder, winnow })) });
    }
    const hidden = hiddenScansJpeg(HIDDEN_SIDE, 13);
    const of = `JPEG of 25 megapixels and 15,000 scans, hidden behind lost restarts, ${(hidden.length / 1e6).toFixed(1)} MB`;
    rows.push({ of, ...(await crawlImages([hidden], { folder, winnow })) });
    return rows;
  },
};

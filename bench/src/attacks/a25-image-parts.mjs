import { requireTypeScript } from '../../../tools/require-typescript.mjs';
import { crawlImages } from './hostile-web.mjs';

const images = requireTypeScript('libs/imaging/src/spec-support/hostile-images.ts');

/** The worst cases of the findings beside A3 and A10, and what was found next to them. */
const CASES = {
  'GIF of 1.2 million frames': () => images.manyFramesGif(1_200_000),
  'WebP of 400,000 frames': () => images.manyFramesWebp(400_000),
  'TIFF of 120,000 directories': () => images.manyDirectoriesTiff(120_000),
  'TIFF of 100 megapixels in tiles of 16': () => images.sharedTilesTiff(10_000),
  'bitmap of 1 bit and 100 megapixels': () => images.oneBitBmp(10_000),
};

export default {
  finding: 'Worst cases',
  what: 'images of many parts',
  async run({ folder, winnow }) {
    const rows = [];
    for (const [of, make] of Object.entries(CASES)) {
      rows.push({ of, ...(await crawlImages([make()], { folder, winnow })) });
    }
    return rows;
  },
};

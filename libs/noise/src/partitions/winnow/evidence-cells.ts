import { WinnowError } from '@winnow/contracts';
import type { SplitInput } from '../../split';

const RANK_THIRDS = 3;

/**
 * Sorts images by what the crawl knows of them: in which third of the known ranks they are (0 where it is not known),
 * and whether several engines gave them. What a cell means is not assumed: its shares are learnt.
 * @returns cell of each image, 0..7; all 0 where nothing is known, [count]
 * @throws WinnowError SHAPE_MISMATCH where evidence is for another number of images, DATA_CORRUPT for strange labels
 */
export function evidenceCells({ labels, classCount, ranks, engineCounts, otherLabels }: SplitInput): Uint8Array {
  for (const evidence of [ranks, engineCounts, otherLabels]) {
    if (evidence === undefined || evidence.length === labels.length) continue;
    throw new WinnowError('SHAPE_MISMATCH', `evidence of ${evidence.length} images for a pool of ${labels.length}`, {
      next: 'Give evidence of the same pool, or none.',
    });
  }
  const strange = otherLabels?.flat().find((label) => !(Number.isInteger(label) && label >= 0 && label < classCount));
  if (strange !== undefined) {
    throw new WinnowError('DATA_CORRUPT', `label ${strange} of a copy is not in 0..${classCount - 1}`, {
      next: 'Build the data set again with this class list.',
    });
  }
  const limits = rankLimits(ranks);
  return Uint8Array.from(labels, (_, image) => {
    const rank = ranks?.[image] ?? NaN;
    const third = Number.isNaN(rank) ? 0 : 1 + limits.filter((limit) => rank > limit).length;
    return third + ((engineCounts?.[image] ?? 0) > 1 ? 1 + RANK_THIRDS : 0);
  });
}

function rankLimits(ranks: Float32Array | undefined): number[] {
  const known = (ranks ?? new Float32Array(0)).filter((rank) => !Number.isNaN(rank)).sort();
  return [1, 2].map((third) => known[Math.floor((third * known.length) / RANK_THIRDS)] ?? Infinity);
}

import { nearestNeighbours, thinReferences } from '../nearest-neighbours';
import { neighbourCount } from '../neighbour-count';
import { confirmedRows } from './confirmed-rows';
import { featureScore } from './feature-score';

/** The paper's for ten classes. */
const MOST_NEIGHBOURS = 50;

/**
 * Distance to the k-th nearest confirmed picture, features divided by their length. Sun et al., "Out-of-Distribution
 * Detection with Deep Nearest Neighbors", ICML 2022. k is 50, or half a class of average size where that is less; a
 * picture is not its own neighbour; many references are thinned (`thinReferences`). 0 where there are no neighbours.
 */
export const neighbourDistance = featureScore('knn', (pool) => {
  const references = thinReferences(confirmedRows(pool), pool.features, pool.seed);
  const { similarities, k } = nearestNeighbours(pool.features, {
    references,
    k: neighbourCount(references.length, pool.classCount, MOST_NEIGHBOURS),
  });
  return (image) => (k === 0 ? 0 : Math.sqrt(Math.max(0, 2 - 2 * (similarities[image * k + k - 1] as number))));
});

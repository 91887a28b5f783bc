import type { ImageTile } from './studio-images';

/**
 * GET /api/map/sample?FILTERS&count=&draw= (at most 200): images of a list at random, in the order of the data set, another
 * lot for each `draw`.
 *
 * Of the map's other addresses the answers are bytes, for every image in the order of the data set, numbers with the lowest
 * byte first:
 * - `/api/map/points?b=&s=`: columns one after the other: 16 bits each for closed and for open, in turn (a probability of 1 is
 *   65,535); 16 bits the given class; 16 bits the likely one; 8 bits the kind, an index into NOISE_KINDS (any other: it
 *   lies nowhere);
 * - `/api/map/states?b=&s=`: a byte, what was decided: none, decided, disputed, unsure;
 * - `/api/map/mask?FILTERS`: a bit, the lowest first: the list holds it, and it lies somewhere.
 */
export interface MapSample {
  readonly total: number;
  readonly tiles: readonly ImageTile[];
}

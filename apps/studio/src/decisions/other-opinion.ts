import { NOISE_KINDS } from '@winnow/contracts';
import { listSplitSamples } from '@winnow/db';
import type { OpenImages } from '../images/studio-images';
import type { StudioContext } from '../server/studio-context';

/** What another split says of the images of a data set, for the order `disagree`; that of last time is kept. */
export class OtherOpinion {
  #known: { readonly id: string; readonly probabilities: Float32Array } | undefined;

  /**
   * By the newest split of another method.
   * @returns probabilities of the three kinds, [count, 3], row-major; undefined where there is no such split
   * @throws WinnowError as StudioDatabase.use
   */
  async read(
    { facts, database }: Pick<StudioContext, 'facts' | 'database'>,
    { build, split, lists }: Pick<OpenImages, 'build' | 'split' | 'lists'>,
  ): Promise<Float32Array | undefined> {
    const { splits } = await facts.read();
    const other = splits.find(({ buildId, method }) => buildId === build.id && method !== split?.method);
    if (split === null || other === undefined) return undefined;
    if (this.#known?.id === other.id) return this.#known.probabilities;
    const probabilities = new Float32Array(NOISE_KINDS.length * lists.columns.count);
    const rows = await database.useOnceThere((db) => listSplitSamples(db, other.id));
    for (const { key, cleanProbability, closedProbability, openProbability } of rows) {
      // Keys count samples from 0.
      probabilities.set([cleanProbability, closedProbability, openProbability], NOISE_KINDS.length * Number(key));
    }
    this.#known = { id: other.id, probabilities };
    return probabilities;
  }
}

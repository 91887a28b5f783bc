import { notify } from '../parts/notices';
import { read } from '../server/client';
import { onTopic } from '../server/topics';
import { contradictions } from './contradictions';
import { localDecisions } from './decision-queue';

/** Tells who said something else of an image that was decided in this tab. One's own decision stays an opinion beside it. */
export function followOtherOpinions(person: string): void {
  let last: number | null = null;
  let reading: Promise<unknown> = Promise.resolve();
  const readNew = async (): Promise<void> => {
    const { lines, last: newest } = await read('/api/decisions', {
      search: { after: last ?? Number.MAX_SAFE_INTEGER },
    });
    if (last !== null) for (const text of contradictions(lines, person, localDecisions.get())) notify({ text });
    last = newest;
  };
  const next = (): void => {
    // Nothing is lost by a read that fails: the next one begins where the last one ended.
    if (localDecisions.get().size > 0) reading = reading.then(readNew).catch(() => undefined);
  };
  onTopic('decisions', next);
  localDecisions.subscribe(() => {
    if (last === null) next();
  });
}

import { SeededRandom } from '@winnow/random';
import type { LookAnswers } from './plan-answers';

/** One look of so many is shown to the same person again, when so many others were shown since. */
const REPEATED_OF = 20;
const REPEATED_AFTER = 50;
/** One of so many is shown to everybody who looks. */
const SHARED_OF = 10;

interface PlanProgress {
  /** Images of the plan's looks, in order. */
  readonly images: readonly string[];
  readonly answers: LookAnswers;
  readonly seed: number | string;
}

/**
 * Images that come next to a person: looks that nobody did or does, in the order of the plan; one in ten although others did
 * it; and one in twenty of the person's own again when fifty others came since. An extended plan goes on with its new looks.
 * @param isTaken of images that somebody else is looking at now
 */
export function nextShowings(
  { images, answers, seed }: PlanProgress,
  person: string,
  isTaken: (image: string) => boolean,
): string[] {
  const random = new SeededRandom(seed).fork('showings');
  const isChosen = (name: string, look: number, of: number): boolean =>
    random.fork(name, Math.floor(look / of)).int(of) === look % of;
  const due: { readonly image: string; readonly at: number }[] = [];
  let shown = 0;
  for (const ofImage of answers.values()) {
    const own = ofImage.get(person);
    if (own !== undefined) shown = Math.max(shown, own.lastAt + 1);
  }
  const fresh: string[] = [];
  const repeated = new Set<string>();
  images.forEach((image, look) => {
    const ofImage = answers.get(image);
    const own = ofImage?.get(person);
    if (isChosen('repeated', look, REPEATED_OF)) repeated.add(image);
    if (own !== undefined) {
      if (own.again === null && repeated.has(image)) due.push({ image, at: own.at + REPEATED_AFTER + 1 });
    } else if (isChosen('shared', look, SHARED_OF) || ((ofImage?.size ?? 0) === 0 && !isTaken(image))) {
      fresh.push(image);
    }
  });
  due.sort((a, b) => a.at - b.at);
  const next: string[] = [];
  for (;;) {
    const place = shown + next.length;
    const isDue = due[0] !== undefined && due[0].at <= place;
    const image = isDue ? due.shift()?.image : fresh.shift();
    if (image === undefined) return next;
    next.push(image);
    if (!isDue && repeated.has(image)) due.push({ image, at: place + REPEATED_AFTER + 1 });
  }
}

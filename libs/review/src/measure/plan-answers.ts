import type { DecisionLogLine } from '@winnow/contracts';
import { agreementOf } from './agreement';
import type { Agreement } from './agreement';

/** What somebody said at a look of a plan. */
export type PlanLine = Pick<DecisionLogLine, 'person' | 'says'> & { readonly sha256: string };

/** What one person said of one image of a plan. */
interface LookAnswer {
  readonly says: string;
  /** What the same person said when the image came again; null: it did not. */
  readonly again: string | null;
  /** Index of the first answer among the person's, and of the last. */
  readonly at: number;
  readonly lastAt: number;
}

/** By image, then by person in the order in which they looked. */
export type LookAnswers = ReadonlyMap<string, ReadonlyMap<string, LookAnswer>>;

/** Answers so near to each other are a second thought; farther apart, the image was shown again. */
const SECOND_THOUGHT = 25;
const NOTHING = 'cleared';

/**
 * What people said at the looks of a plan: of a second thought the newer, of an image that was shown again both.
 * @param lines of the plan, none undone, oldest first
 */
export function answersOf(lines: Iterable<PlanLine>): LookAnswers {
  const answers = new Map<string, Map<string, LookAnswer>>();
  const counts = new Map<string, number>();
  for (const { sha256, person, says } of lines) {
    const at = counts.get(person) ?? 0;
    counts.set(person, at + 1);
    const ofImage = answers.get(sha256) ?? new Map<string, LookAnswer>();
    answers.set(sha256, ofImage);
    const known = ofImage.get(person);
    if (says === NOTHING) ofImage.delete(person);
    else if (known !== undefined && at - known.at > SECOND_THOUGHT)
      ofImage.set(person, { ...known, again: says, lastAt: at });
    else ofImage.set(person, { says, again: null, at: known?.at ?? at, lastAt: at });
  }
  return answers;
}

/** How often people said the same when an image came again. */
export function consistencyOf(answers: LookAnswers): Agreement {
  return agreementOf(
    [...answers.values()].flatMap((ofImage) =>
      [...ofImage.values()].flatMap(({ says, again }) => (again === null ? [] : [[says, again] as const])),
    ),
  );
}

/** How often two people said the same of an image: of more than two, the first two who looked. */
export function peopleAgreement(answers: LookAnswers): Agreement {
  return agreementOf(
    [...answers.values()].flatMap((ofImage) => {
      const [first, second] = ofImage.values();
      return first === undefined || second === undefined ? [] : [[first.says, second.says] as const];
    }),
  );
}

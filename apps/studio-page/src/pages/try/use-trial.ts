import type { StudioMistake, StudioTry } from '@winnow/contracts';
import { useCallback, useEffect, useRef, useState } from 'react';
import { readBytes, sendForPrediction, sendForSquare } from '../../server/client';
import { largestDifference, sharesOf } from './shares';
import type { ReadyStudent } from './use-student';
import type { StudentAnswer } from './worker-messages';

/** What is tried: an image of this person's, or one that the student got wrong. */
export type Subject =
  | { readonly kind: 'file'; readonly name: string; readonly file: Blob }
  | { readonly kind: 'test'; readonly mistake: StudioMistake };

/** What `winnow predict` said beside what was answered here. */
interface Check {
  readonly difference: number;
  readonly isSameClass: boolean;
  readonly className: string;
}

export interface Trial {
  readonly subject: Subject;
  readonly answer: StudentAnswer | null;
  /** Drops of its share, by cell. */
  readonly drops: Float32Array | null;
  readonly check: Check | 'asked' | null;
  readonly error: string | null;
}

export interface TrialActs {
  readonly trial: Trial | null;
  begin(subject: Subject): void;
  clear(): void;
  /** Where it looks: asked once an image. */
  findDrops(): void;
  checkAgainstWinnow(): void;
}

/** One image after the other: what was asked of an earlier one is dropped when its answer comes. */
export function useTrial(
  { client, facts }: ReadyStudent,
  { id: run, temperature }: Pick<StudioTry, 'id' | 'temperature'>,
): TrialActs {
  const [trial, setTrial] = useState<Trial | null>(null);
  const latest = useRef<Subject | null>(null);
  useEffect(() => {
    latest.current = null;
    setTrial(null);
  }, [client]);
  const change = useCallback((subject: Subject, changes: Partial<Trial>) => {
    if (latest.current === subject) setTrial((before) => (before === null ? null : { ...before, ...changes }));
  }, []);
  const failed = (subject: Subject, error: unknown): void =>
    change(subject, { error: error instanceof Error ? error.message : String(error), check: null });
  const answerOf = async (subject: Subject): Promise<StudentAnswer> => {
    const search = { size: facts.size, policy: facts.policy };
    if (subject.kind === 'test') {
      const square = await readBytes('/api/try-squares', { search: { ...search, from: subject.mistake.index } });
      return client.ask('square', { square: new Uint8Array(square) });
    }
    if (facts.policy !== 'attention') return client.ask('image', { file: subject.file });
    return client.ask('square', { square: new Uint8Array(await sendForSquare(subject.file, search)) });
  };
  return {
    trial,
    begin(subject) {
      latest.current = subject;
      setTrial({ subject, answer: null, drops: null, check: null, error: null });
      answerOf(subject).then(
        (answer) => change(subject, { answer }),
        (error: unknown) => failed(subject, error),
      );
    },
    clear() {
      latest.current = null;
      setTrial(null);
    },
    findDrops() {
      if (trial === null || trial.answer === null || trial.drops !== null) return;
      const { subject, answer } = trial;
      client.ask('occlusion', { square: answer.square, temperature: temperature ?? 1 }).then(
        (drops) => change(subject, { drops }),
        (error: unknown) => failed(subject, error),
      );
    },
    checkAgainstWinnow() {
      if (trial === null || trial.answer === null) return;
      const { subject, answer } = trial;
      change(subject, { check: 'asked', error: null });
      sendForPrediction(run, subject.kind === 'test' ? subject.mistake.index : subject.file).then(
        ({ predictions }) => {
          const shares = sharesOf(answer.logits);
          const others = new Map(predictions.map(({ className, probability }) => [className, probability]));
          const className = facts.classes[shares.indexOf(Math.max(...shares))] ?? '';
          const difference = largestDifference(facts.classes, shares, others);
          change(subject, {
            check: { difference, className, isSameClass: predictions[0]?.className === className },
          });
        },
        (error: unknown) => failed(subject, error),
      );
    },
  };
}

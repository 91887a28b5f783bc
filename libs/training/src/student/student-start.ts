import { hasProjector } from '@winnow/models';
import { countDecisions } from '../methods/decided-logits';
import { fitHead } from './fit-head';
import type { Method, MethodContext, Student } from '../method';

/** What of it decides the course of a run. */
export function startIdentity({ start }: Student): readonly string[] {
  return start === undefined ? [] : [start.weights.sha256, start.head];
}

/** For a run that starts at its first step, once the method is prepared. */
export async function beginStudent(method: Method, context: MethodContext): Promise<void> {
  if (hasFittedHead(context.student)) await fitHead(context, method);
  // Logits of a large pool take much memory.
  context.asked?.clear();
}

/** What the student began with, for people. */
export function startNotes(method: Method, { student, data: { images, known } }: MethodContext): readonly string[] {
  const { start, model } = student;
  if (start === undefined) return [];
  const { where, sha256 } = start.weights;
  const head = hasProjector(model)
    ? 'projector and classifier are those of the method'
    : start.head === 'random'
      ? 'its classifier with random ones'
      : `its classifier as the best linear fit to ${fittedTo(method, { images, known })}, or its own rows of these classes where they agree with those`;
  return [`The student began with the weights of ${where} (sha256 ${sha256.slice(0, 12)}), ${head}.`];
}

function fittedTo(
  { needsTeacher, readsDecisions }: Method,
  { images, known }: Pick<MethodContext['data'], 'images' | 'known'>,
): string {
  if (needsTeacher) return `the teacher's logits of ${images.count} images`;
  if (readsDecisions !== true || known === undefined) return `the given labels of ${images.count} images`;
  // Images of none of the classes teach it nothing.
  return `the given and decided labels of ${images.count - countDecisions(known, images.classes.length).open} images`;
}

/** A projector comes with a classifier of the method's. */
function hasFittedHead({ start, model }: Student): boolean {
  return start?.head === 'fitted' && !hasProjector(model);
}

import type { StudioMistake } from '@winnow/contracts';
import { halvesToFloat32 } from '@winnow/models/half-floats';
import type { TestAnswers } from '@winnow/runs';
import type { LabelledFile } from '@winnow/shards';

/** What a student answered of test images, with logits. */
interface TestLogits {
  readonly answers: TestAnswers;
  /** [count, classes] */
  readonly logits: Float32Array;
}

export function testLogits({
  answers,
  halves,
}: {
  readonly answers: TestAnswers;
  readonly halves: Uint16Array;
}): TestLogits {
  return { answers, logits: halvesToFloat32(halves) };
}

/**
 * Test images that were taken for something else, the surest first.
 * @param files of the list that was answered
 * @param temperature that shares are calibrated by; it changes the order, too
 */
export function surestMistakes(
  { answers, logits }: TestLogits,
  files: readonly LabelledFile[],
  { count, temperature }: { readonly count: number; readonly temperature: number },
): readonly StudioMistake[] {
  const { labels, predicted, classes } = answers;
  const mistakes: StudioMistake[] = [];
  for (let index = 0; index < labels.length; index += 1) {
    const [label, taken] = [labels[index] as number, predicted[index] as number];
    if (label === taken) continue;
    const row = logits.subarray(index * classes.length, (index + 1) * classes.length);
    mistakes.push({
      index,
      name: files[index]?.key ?? '',
      trueClass: files[index]?.className ?? '',
      predicted: classes[taken] ?? '',
      share: shareOf(row, taken, temperature),
    });
  }
  return mistakes.sort((a, b) => b.share - a.share || a.index - b.index).slice(0, count);
}

/** Of one class, by softmax of logits / temperature. */
function shareOf(logits: Float32Array, at: number, temperature: number): number {
  const own = logits[at] as number;
  return 1 / logits.reduce((sum, value) => sum + Math.exp((value - own) / temperature), 0);
}

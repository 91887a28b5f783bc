import type { MeasuredShare } from '@winnow/contracts';
import { SeededRandom } from '@winnow/random';
import type { DecisionLog, ImageLine } from '../decisions/decision-log';
import { wilsonInterval } from '../measure/wilson-interval';

/** Of so many images that sheets decide, one is looked at again by itself, on average. */
const CHECK_EVERY = 20;
/** Among so many that are handed out, at most one is such an image. */
const MIX_EVERY = 10;

/** An image that a sheet decided and that is drawn to be looked at again. */
export interface SheetCheck {
  readonly sha256: string;
  /** Whose sheet it was on. */
  readonly person: string;
  /** What the sheet said of it. */
  readonly says: string;
  /** What the last single look since said of it; null: there was none. */
  readonly again: string | null;
  /** The person says of it what the sheet said. */
  readonly isStanding: boolean;
}

/**
 * One in twenty images that sheets decided, in the order of the log: each is drawn by the id of its line alone, so that it stays
 * drawn as the log grows, and as lines of forgotten images go. Those of sheets that were undone are left out.
 */
export function sheetChecks(log: DecisionLog): readonly SheetCheck[] {
  const singles = new Map<string, ImageLine>();
  for (const { line, isUndone } of log.linesOf('one')) if (!isUndone) singles.set(line.sha256, line);
  const checks: SheetCheck[] = [];
  for (const { line, isUndone } of log.linesOf('sheet')) {
    if (isUndone || new SeededRandom(line.id).int(CHECK_EVERY) !== 0) continue;
    const { sha256, person, says, seq } = line;
    const single = singles.get(sha256);
    const { opinions } = log.decisionOf(sha256);
    checks.push({
      ...{ sha256, person, says },
      again: single !== undefined && single.seq > seq && single.says !== 'cleared' ? single.says : null,
      isStanding: opinions.some((opinion) => opinion.person === person && opinion.seq === seq),
    });
  }
  return checks;
}

/** How often sheets are wrong, by the images that were looked at again. */
export interface SheetError {
  /** Images that are still to be looked at again. */
  readonly waiting: number;
  /** Looked at again, and a truth was named. */
  readonly looked: number;
  readonly wrong: number;
  /** Null before the first look. */
  readonly share: MeasuredShare | null;
}

export function sheetError(checks: readonly SheetCheck[]): SheetError {
  const told = checks.filter(({ again }) => again !== null && again !== 'unsure');
  const wrong = told.filter(({ again, says }) => again !== says).length;
  const share = wilsonInterval(wrong / Math.max(1, told.length), { looked: told.length });
  const waiting = checks.filter(({ isStanding, again }) => isStanding && again === null).length;
  return { waiting, looked: told.length, wrong, share };
}

/** A few images of sheets among those that are handed out, where nobody can tell them. */
export function withSheetChecks(images: readonly string[], checks: readonly string[], count: number): string[] {
  const mixed = [...images];
  for (const sha256 of checks.slice(0, Math.ceil(count / MIX_EVERY))) {
    if (!mixed.includes(sha256)) mixed.splice(new SeededRandom(sha256).int(mixed.length + 1), 0, sha256);
  }
  return mixed.slice(0, count);
}

import type { NoiseKind, SampleRecord } from '@winnow/contracts';
import { NOISE_KINDS } from '@winnow/contracts';
import { licenseOf } from '../filter/where-fields';
import type { PreparedBuild } from './prepare-build';

/** What a planned data set holds, beside the counts of its plan. */
export interface PlanFigures {
  /** Images by what the split calls them; null where none was asked. */
  readonly kinds: Readonly<Record<NoiseKind, number>> | null;
  /** Images by licence, the most frequent first: each under every one that a listing of it or of a copy states. */
  readonly licenses: Readonly<Record<string, number>>;
  /** Images whose label is not the given one. */
  readonly relabelled: number;
}

export function planFigures({ plan: { samples }, split }: Pick<PreparedBuild, 'plan' | 'split'>): PlanFigures {
  const licenses = new Map<string, number>();
  const kinds = new Map<NoiseKind, number>(NOISE_KINDS.map((kind) => [kind, 0]));
  for (const sample of samples) {
    for (const name of new Set(sample.provenance.map(licenseOf))) licenses.set(name, (licenses.get(name) ?? 0) + 1);
    const kind = split?.verdictOf(sample.sha256, listedUnder(sample))?.kind;
    if (kind !== undefined) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  return {
    kinds: split === null ? null : (Object.fromEntries(kinds) as Record<NoiseKind, number>),
    licenses: Object.fromEntries([...licenses].sort(([, a], [, b]) => b - a)),
    relabelled: samples.filter(({ givenClass }) => givenClass !== undefined).length,
  };
}

/** Each listing of a world is an image of its own. */
function listedUnder({ unchanged, givenClass, className }: SampleRecord): string | undefined {
  return unchanged === true ? (givenClass ?? className) : undefined;
}

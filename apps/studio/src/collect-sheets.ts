import { NOISE_KINDS } from '@winnow/contracts';
import type { NoiseKind } from '@winnow/contracts';
import type { StoredImage } from '@winnow/db';
import type { ProjectRecords } from './project-records';
import { reportPicture } from './report-picture';
import type { ContactSheet, ReportPicture } from './report-data';

const PICTURES_A_SHEET = 48;

/** Contact sheets of each kind, classes in turn; none before the split. */
export async function collectSheets(records: ProjectRecords): Promise<readonly ContactSheet[]> {
  if (records.split === undefined) return [];
  const originals = new Map(records.originals.map((image) => [image.sha256, image]));
  return Promise.all(NOISE_KINDS.map((kind) => collectSheet(records, kind, originals)));
}

async function collectSheet(
  { config, samples, splitRows }: ProjectRecords,
  kind: NoiseKind,
  originals: ReadonlyMap<string, StoredImage>,
): Promise<ContactSheet> {
  const classes = config.classes.map(({ name }) => name);
  const sampleOf = new Map(samples.map((sample) => [sample.key, sample]));
  const members = splitRows.flatMap((row) => {
    const sample = sampleOf.get(row.key);
    return row.kind === kind && sample !== undefined ? [{ row, sample }] : [];
  });
  const pictures: ReportPicture[] = [];
  for (const { row, sample } of inTurn(members, ({ sample: { className } }) => className)) {
    if (pictures.length === PICTURES_A_SHEET) break;
    const image = originals.get(sample.sha256);
    if (image === undefined) continue;
    const refined = kind === 'open' ? null : kind === 'closed' ? (classes[row.refinedLabel] ?? null) : sample.className;
    const picture = await reportPicture(config.paths.blobs, image, { given: sample.className, refined });
    if (picture !== null) pictures.push(picture);
  }
  return { kind, total: members.length, pictures };
}

/** One of each group, then the next of each, and so on. */
function inTurn<T>(items: readonly T[], groupOf: (item: T) => string): T[] {
  const seen = new Map<string, number>();
  const rounds = items.map((item, index) => {
    const group = groupOf(item);
    const round = seen.get(group) ?? 0;
    seen.set(group, round + 1);
    return { item, round, index };
  });
  return rounds.sort((a, b) => a.round - b.round || a.index - b.index).map(({ item }) => item);
}

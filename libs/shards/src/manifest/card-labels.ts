import { imageOrigin } from '@winnow/contracts';
import type { ImageOrigin } from '@winnow/contracts';
import type { DatasetManifest } from './build-manifest';
import type { CardEvidence } from './card-evidence';
import { table } from './markdown-table';

/** What the data set itself tells of wrong labels and poor images. */
export function cardLabels(
  { samples, conflicting, engines }: Pick<DatasetManifest, 'samples' | 'conflicting' | 'engines'>,
  { foundTwice, disagreeing, flags }: CardEvidence,
): string[] {
  const witnesses = WITNESSES[imageOrigin(Object.keys(engines))];
  const flagged = Object.entries(flags);
  return [
    '## Labels',
    '',
    `- pictures that at least two ${witnesses.what} ${witnesses.had}: ${foundTwice} of ${samples}`,
    `- of these, found under several classes: ${disagreeing}${foundTwice > 0 ? ` (${percent(disagreeing, foundTwice)})` : ''}`,
    `- pictures whose copies were found under several classes, all told: ${conflicting}`,
    '',
    ...(foundTwice > 0 ? estimate(foundTwice, disagreeing, witnesses) : NO_ESTIMATE),
    '',
    ...(flagged.length > 0
      ? [
          'Screens flagged (`flags` in the JSON of a picture); a picture may have several flags:',
          '',
          ...table(
            ['flag', 'pictures'],
            flagged.map(([flag, count]) => [flag, String(count)]),
          ),
          '',
        ]
      : []),
  ];
}

/** How those are called that say what an image shows. */
interface Witnesses {
  readonly plural: string;
  readonly what: string;
  readonly had: string;
  readonly have: string;
}

const WITNESSES: Readonly<Record<ImageOrigin, Witnesses>> = {
  search: { plural: 'searches', what: 'searches (engine and query)', had: 'returned', have: 'return' },
  import: { plural: 'imported sources', what: 'imported sources', had: 'held', have: 'hold' },
  mixed: { plural: 'sources', what: 'searches or imported sources', had: 'gave', have: 'give' },
};

const NO_ESTIMATE = ['No picture was found twice, so that the data set itself says nothing about wrong labels.'];

/** Wilson's interval at 95 %: z of the normal distribution. */
const Z = 1.959964;

function estimate(found: number, disagreeing: number, { plural, had, have }: Witnesses): string[] {
  const fraction = disagreeing / found;
  const centre = fraction + Z ** 2 / (2 * found);
  const spread = Z * Math.sqrt((fraction * (1 - fraction)) / found + Z ** 2 / (4 * found ** 2));
  const bound = (value: number): string =>
    `${(100 * Math.min(1, Math.max(0, value / (1 + Z ** 2 / found)))).toFixed(1)} %`;
  return [
    `Where ${plural} ${had} the same picture, they put it under several classes in ${percent(disagreeing, found)} of ` +
      `the cases (95 % interval ${bound(centre - spread)} to ${bound(centre + spread)}). At least one of those labels is ` +
      `wrong, or the classes overlap. This is no rate of wrong labels: ${plural} that agree can be wrong together, which ` +
      `makes it too low; pictures that several ${plural} ${have} are not like the rest; what belongs to no class at all ` +
      'shows only where several classes share it. `winnow split` looks at every picture.',
  ];
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)} %`;
}

import { inlineText, percentText } from '@winnow/runs';

/** A run as `winnow runs` lists it. */
export interface ListedRun {
  /** Of its folder. */
  readonly name: string;
  readonly folder: string;
  readonly method: string;
  readonly model: string | null;
  readonly seed: number;
  readonly buildDigest: string;
  /** On test images, 0..1. */
  readonly accuracy: number | null;
  readonly isFinished: boolean;
  readonly isNewest: boolean;
  readonly isBest: boolean;
}

interface BundleTold {
  readonly project: string;
  readonly run: ListedRun;
  /** Id of the data set. */
  readonly build: string;
  /** Names within the bundle. */
  readonly parts: Readonly<Record<'model' | 'dataCard' | 'attribution' | 'corrections' | 'report', string>>;
}

/** README.md of a bundle: what is what, for somebody who does not know winnow. */
export function bundleReadme({ project, run, build, parts }: BundleTold): string {
  const { name, method, model, seed, accuracy } = run;
  const reached = accuracy === null ? 'not measured on test images' : `test accuracy ${percentText(accuracy)}`;
  const files: readonly (readonly [string, string])[] = [
    [
      `${parts.model}/model-card.md`,
      'the student: what it is, how good, what it learnt from, how its images go in, and what each file of weights is',
    ],
    [`${parts.model}/`, 'the weights, and `export.json` with their digests'],
    [
      parts.dataCard,
      'the data set: classes, licences, origin, and how many of its labels are right where people measured that',
    ],
    [parts.attribution, 'title, creator, licence and page of every image, tab-separated'],
    [
      parts.corrections,
      'what people decided that images show, by SHA-256 of the original file; `open`: none of the classes',
    ],
    [parts.report, 'the whole project on one page, for any browser; it needs no network'],
    ['bundle.json', 'every file with its size and SHA-256'],
  ];
  return [
    `# ${inlineText(project)}`,
    '',
    `An image classifier (${inlineText(model ?? 'network')}, trained by ${inlineText(method)}, seed ${seed}; ${reached}) with what is known of it and of the images that it learnt from.`,
    `Run ${inlineText(name)}, data set ${inlineText(build)}. All links lead to files beside this one.`,
    '',
    ...files.map(([link, what]) => `- [${link}](${link}): ${what}`),
    '',
    'Images are part of it only as the small ones of the report, to be looked at; all of them keep the licences of their creators.',
    '',
  ].join('\n');
}

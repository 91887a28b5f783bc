import { type ExternalContract, type InputSpec, inputSpecSchema, WinnowError } from '@winnow/contracts';
import type { ExternalHints, ExternalSource } from '@winnow/models';
import type { TeacherFlags } from './import-job';
import { inputAxes } from './inspect-teacher';

/** What a teacher of any kind must be known by. */
export interface TeacherContract {
  readonly classes: readonly string[];
  readonly input: InputSpec;
}

/** Something that nobody says, and the flag for it. */
interface Missing {
  readonly what: string;
  readonly flag: string;
}

/** What is known is enough, or what is missing. */
export type Completed<T> = { readonly contract: T } | { readonly missing: readonly Missing[] };

const PRESET = 'or --preset NAME';
const INPUT_PARTS: readonly (Missing & { readonly key: string })[] = [
  { key: 'size', what: 'side of its input', flag: '--size PIXELS' },
  { key: 'range', what: `range of pixel values before normalisation, ${PRESET}`, flag: '--range LOW,HIGH' },
  { key: 'mean', what: `the channels' mean, ${PRESET}`, flag: '--mean R,G,B' },
  { key: 'std', what: `the channels' standard deviation, ${PRESET}`, flag: '--std R,G,B' },
];

/**
 * Classes and input from flags, else from the file's own metadata.
 * @param extra what else is missing
 * @throws WinnowError CONFIG_INVALID for an input that is not valid
 */
export function completeContract(
  flags: TeacherFlags,
  hints: Pick<ExternalHints, 'classes'> & { readonly input?: Partial<InputSpec> },
  { file, extra = [] }: { readonly file: string; readonly extra?: readonly Missing[] },
): Completed<TeacherContract> {
  const classes = flags.classes ?? hints.classes;
  const { size, range, mean, std } = flags;
  const given = Object.entries({ size, range, mean, std }).filter(([, value]) => value !== undefined);
  const parts: Partial<Record<string, unknown>> = { ...hints.input, ...Object.fromEntries(given) };
  const missing = [
    ...extra,
    ...(classes === undefined
      ? [{ what: 'its classes in the order of its outputs', flag: '--labels FILE or --classes A,B,C' }]
      : []),
    ...INPUT_PARTS.filter(({ key }) => parts[key] === undefined),
  ];
  if (missing.length > 0 || classes === undefined) return { missing };
  const input = inputSpecSchema.safeParse(parts);
  if (input.success) return { contract: { classes, input: input.data } };
  const issue = input.error.issues[0];
  throw new WinnowError('CONFIG_INVALID', `The input is not valid: ${issue?.path.join('.')}: ${issue?.message}`, {
    where: file,
    next: 'Correct --size, --range (2 numbers), --mean and --std (3 numbers each).',
  });
}

/** The error of a file that does not say all. @param command that imports it, with what is known; null for none */
export function missingError(missing: readonly Missing[], file: string, command: string | null): WinnowError {
  const width = Math.max(...missing.map(({ flag }) => flag.length));
  return new WinnowError(
    'CONFIG_INVALID',
    'The file does not say all that a teacher needs, and nothing of it is guessed',
    {
      where: file,
      next:
        command === null
          ? 'Give these flags.'
          : 'Give these flags, or copy the command and replace what is in <...>; --inspect shows what the file says.',
      lines: [
        ...missing.map(({ what, flag }) => `${flag.padEnd(width)}  ${what}`),
        ...(command === null ? [] : [command]),
      ],
    },
  );
}

/**
 * The same, and where an external network takes its images and gives its logits. Axes and side of the input may come from
 * its declared shape.
 * @throws WinnowError CONFIG_INVALID for an input that is not valid, USAGE for --model
 */
export function completeExternalContract(
  source: Pick<ExternalSource, 'kind' | 'hints' | 'describe'>,
  flags: TeacherFlags,
  file: string,
): Completed<TeacherContract & { readonly foreign: ExternalContract }> {
  const { kind, hints } = source;
  if (flags.model !== undefined) {
    throw new WinnowError('CONFIG_INVALID', `A model of the kind ${kind} brings its architecture with it`, {
      where: '--model',
      next: 'Leave the flag out; it is for safetensors.',
    });
  }
  const declared = inputAxes(source.describe().inputs[0]?.shape ?? []);
  const { layout = declared.layout, logits, features, featureMap, featureMapLayout } = withHints(flags, hints);
  const needed: readonly (readonly [unknown, string, string])[] = [
    [layout ?? undefined, 'axes of its input', '--layout nchw or nhwc'],
    [logits, 'output that holds the logits', '--logits NAME'],
    ...(flags.logitsOnly ? [] : ([[features, FEATURES, '--features NAME']] as const)),
    ...(flags.logitsOnly || featureMap === undefined
      ? []
      : ([[featureMapLayout, 'axes of the feature map', '--feature-map-layout nchw or nhwc']] as const)),
  ];
  const extra = needed.flatMap(([value, what, flag]) => (value === undefined ? [{ what, flag }] : []));
  const input = { ...(declared.size !== null && { size: declared.size }), ...hints.input };
  const completed = completeContract(flags, { ...hints, input }, { file, extra });
  if ('missing' in completed) return completed;
  const external: ExternalContract = {
    kind,
    layout: layout as 'nhwc',
    logits: { output: logits as string, values: flags.probabilities ? 'probabilities' : 'logits' },
    ...featuresOf(flags.logitsOnly ? {} : { features, featureMap, featureMapLayout }),
  };
  return { contract: { ...completed.contract, foreign: external } };
}

type FeatureFlags = { readonly [key in 'features' | 'featureMap' | 'featureMapLayout']?: TeacherFlags[key] };

/** Features, and a map beside them where there is one. */
function featuresOf({
  features,
  featureMap,
  featureMapLayout: layout,
}: FeatureFlags): Pick<ExternalContract, 'features' | 'featureMap'> {
  if (features === undefined) return { features: null, featureMap: null };
  const hasMap = featureMap !== undefined && layout !== undefined;
  return { features: { output: features }, featureMap: hasMap ? { output: featureMap, layout } : null };
}

const FEATURES =
  'output that holds the pooled features (and --feature-map NAME with the feature map where it has one; or --logits-only)';

function withHints(flags: TeacherFlags, hints: ExternalHints) {
  return {
    layout: flags.layout ?? hints.layout,
    logits: flags.logits ?? hints.logits,
    features: flags.features ?? hints.features,
    featureMap: flags.featureMap ?? hints.featureMap,
    featureMapLayout: flags.featureMapLayout ?? hints.featureMapLayout,
  };
}

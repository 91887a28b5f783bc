import { inputSpecSchema, WinnowError } from '@winnow/contracts';
import type { ForeignContract, ForeignKind, InputSpec } from '@winnow/contracts';
import type { ForeignHints } from '@winnow/models';
import type { TeacherFlags } from './import-teacher-job';

/** What a teacher of any kind must be known by. */
export interface TeacherContract {
  readonly classes: readonly string[];
  readonly input: InputSpec;
}

interface Missing {
  readonly what: string;
  readonly flag: string;
}

const INPUT_PARTS: readonly (Missing & { readonly key: string })[] = [
  { key: 'size', what: 'the side of its input', flag: '--size PIXELS' },
  { key: 'range', what: 'the range of pixel values before normalisation', flag: '--range 0,1 or another' },
  { key: 'mean', what: "the channels' mean", flag: '--mean R,G,B' },
  { key: 'std', what: "the channels' standard deviation", flag: '--std R,G,B' },
];

/**
 * Classes and input from flags, else from the file's own metadata.
 * @param extra what else is missing: all of it is named at once
 * @throws WinnowError CONFIG_INVALID naming everything that nobody says, with its flag
 */
export function completeContract(
  flags: TeacherFlags,
  hints: Pick<ForeignHints, 'classes' | 'input'>,
  { file, extra = [] }: { readonly file: string; readonly extra?: readonly Missing[] },
): TeacherContract {
  const classes = flags.classes ?? hints.classes;
  const { size, range, mean, std } = flags;
  const given = Object.entries({ size, range, mean, std }).filter(([, value]) => value !== undefined);
  const parts: Partial<Record<string, unknown>> = { ...hints.input, ...Object.fromEntries(given) };
  const missing = [
    ...extra,
    ...(classes === undefined ? [{ what: 'its class list', flag: '--classes a,b,c or --labels FILE' }] : []),
    ...INPUT_PARTS.filter(({ key }) => parts[key] === undefined),
  ];
  if (missing.length > 0 || classes === undefined) {
    throw new WinnowError(
      'CONFIG_INVALID',
      `The file does not say ${missing.map(({ what }) => what).join(', ')}, and nothing of it is guessed`,
      { where: file, next: `Give ${missing.map(({ flag }) => flag).join('; ')}.` },
    );
  }
  const input = inputSpecSchema.safeParse(parts);
  if (input.success) return { classes, input: input.data };
  const issue = input.error.issues[0];
  throw new WinnowError('CONFIG_INVALID', `The input is not valid: ${issue?.path.join('.')}: ${issue?.message}`, {
    where: file,
    next: 'Correct --size, --range (2 numbers), --mean and --std (3 numbers each).',
  });
}

/**
 * The same, and where a foreign network takes its pictures and gives its answers.
 * @throws WinnowError CONFIG_INVALID as completeContract
 */
export function completeForeignContract(
  kind: ForeignKind,
  { flags, hints }: { readonly flags: TeacherFlags; readonly hints: ForeignHints },
  file: string,
): TeacherContract & { readonly foreign: ForeignContract } {
  if (flags.model !== undefined) {
    throw new WinnowError('CONFIG_INVALID', `A model of the kind ${kind} brings its architecture with it`, {
      where: '--model',
      next: 'Leave the flag out; it is for safetensors.',
    });
  }
  const { layout, logits, features, featureMap, featureMapLayout } = withHints(flags, hints);
  const orNone = 'or --logits-only for a teacher of methods that need none';
  const needed: readonly (readonly [unknown, string, string])[] = [
    [layout, 'the axes of its input', '--layout nchw or nhwc'],
    [logits, 'which output holds the logits', '--logits NAME'],
    ...(flags.logitsOnly
      ? []
      : ([
          [
            features,
            'which output holds the pooled features',
            `--features NAME, and --feature-map NAME where it has one (${orNone})`,
          ],
          ...(featureMap === undefined
            ? []
            : ([[featureMapLayout, 'the axes of the feature map', '--feature-map-layout nchw or nhwc']] as const)),
        ] as const)),
  ];
  const extra = needed.flatMap(([value, what, flag]) => (value === undefined ? [{ what, flag }] : []));
  const contract = completeContract(flags, hints, { file, extra });
  const hasFeatures = !flags.logitsOnly && features !== undefined;
  const hasMap = hasFeatures && featureMap !== undefined && featureMapLayout !== undefined;
  const foreign: ForeignContract = {
    kind,
    layout: layout as 'nhwc',
    logits: { output: logits as string, values: flags.probabilities ? 'probabilities' : 'logits' },
    features: hasFeatures ? { output: features } : null,
    featureMap: hasMap ? { output: featureMap, layout: featureMapLayout } : null,
  };
  return { ...contract, foreign };
}

function withHints(flags: TeacherFlags, hints: ForeignHints) {
  return {
    layout: flags.layout ?? hints.layout,
    logits: flags.logits ?? hints.logits,
    features: flags.features ?? hints.features,
    featureMap: flags.featureMap ?? hints.featureMap,
    featureMapLayout: flags.featureMapLayout ?? hints.featureMapLayout,
  };
}

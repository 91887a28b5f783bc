import { PRESET_NAMES, type TeacherFlags } from './import-job';
import type { Inspection } from './inspect-teacher';

/** Names that a line has room for. */
const MAX_CLASSES = 20;

/** What is known of a teacher's file, by whoever says it. */
export type KnownFlags = Partial<Omit<TeacherFlags, 'rename'>> & { readonly preset?: string | undefined };

/**
 * The command that imports a teacher, with what is known filled in, and `<...>` where only a person can know.
 * @param file as the person named it
 */
export function importCommandLine(file: string, known: KnownFlags): string {
  const { size, model, classes, preset } = known;
  const isOurs = file.endsWith('.safetensors');
  const numbers = (['range', 'mean', 'std'] as const).flatMap((key) =>
    known[key] === undefined ? [] : [`--${key} ${known[key].join(',')}`],
  );
  return [
    `winnow teacher import ${quoted(file)}`,
    ...(isOurs ? [`--model ${model ?? '<architecture>'}`] : externalParts(known)),
    `--size ${size ?? '<pixels>'}`,
    ...(preset !== undefined ? [`--preset ${preset}`] : []),
    ...(numbers.length === 3 || preset !== undefined ? [] : [`--preset <${PRESET_NAMES.join('|')}>`]),
    ...numbers,
    classes !== undefined && classes.length <= MAX_CLASSES && !classes.some((name) => name.includes(','))
      ? `--classes ${quoted(classes.join(','))}`
      : '--labels <names.txt>',
    '--check <images>',
  ].join(' ');
}

/** Where a graph takes its images and gives its logits. */
function externalParts(known: KnownFlags): string[] {
  const { layout, logits, features, featureMap, featureMapLayout } = known;
  return [
    `--layout ${layout ?? '<nchw|nhwc>'}`,
    `--logits ${logits === undefined ? '<name>' : quoted(logits)}`,
    ...(known.probabilities === true ? ['--probabilities'] : []),
    ...(features === undefined ? ['--logits-only'] : [`--features ${quoted(features)}`]),
    ...(features === undefined || featureMap === undefined
      ? []
      : [`--feature-map ${quoted(featureMap)}`, `--feature-map-layout ${featureMapLayout ?? '<nchw|nhwc>'}`]),
  ];
}

/** Flags of a person, then what the file says of itself, then what it looks like. */
export function knownFlags(
  flags: TeacherFlags,
  hints: KnownFlags,
  found: Inspection | null,
): Omit<KnownFlags, 'preset'> {
  const looks: KnownFlags =
    found === null
      ? {}
      : {
          layout: found.layout ?? undefined,
          size: found.size ?? undefined,
          logits: found.logits ?? undefined,
          features: found.features ?? undefined,
          featureMap: found.featureMap ?? undefined,
          featureMapLayout: found.featureMapLayout ?? undefined,
          probabilities: found.isProbabilities,
        };
  const known: Record<string, unknown> = { ...looks };
  for (const [key, value] of [...Object.entries(hints), ...Object.entries(flags)]) {
    if (value !== undefined && value !== false) known[key] = value;
  }
  if (flags.logitsOnly) delete known['features'];
  return known as KnownFlags;
}

/** For a shell. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

import { STUDIO_STEPS } from '@winnow/contracts';
import type { StudioStepName } from '@winnow/contracts';

/**
 * The arguments of a step's command: names and flags are ours, values went through the step's schema, and each is an argument
 * of its own with its flag (`--method=kd`), so that none can be taken for another flag.
 * @param projectFile as the studio was given it
 * @throws ZodError for options that the step does not have, or values that it refuses
 */
export function stepArguments(step: StudioStepName, options: unknown, projectFile: string): readonly string[] {
  const project = projectFile.startsWith('-') ? `./${projectFile}` : projectFile;
  if (step === 'engines check') {
    const { engine } = STUDIO_STEPS[step].parse(options);
    return ['engines', 'check', engine, `--project=${project}`];
  }
  if (step === 'forget') return ['forget', project, ...STUDIO_STEPS[step].parse(options).what];
  const values = STUDIO_STEPS[step].parse(options) as Readonly<Record<string, unknown>>;
  const flags = Object.entries(values).flatMap(([name, value]) =>
    value === undefined || value === false ? [] : [flagOf(name, value)],
  );
  return [step, project, ...flags];
}

function flagOf(name: string, value: unknown): string {
  if (value === true) return `--${name}`;
  return `--${name}=${Array.isArray(value) ? value.join(',') : String(value)}`;
}

/** As a person would type it. */
export function commandLine(argumentList: readonly string[]): string {
  return ['winnow', ...argumentList.map(quoted)].join(' ');
}

function quoted(argument: string): string {
  return /^[\w./:=,@%+~-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}

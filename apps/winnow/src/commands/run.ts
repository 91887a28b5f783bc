import { loadProject } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import type { CommandIo, CommandResult, CommandSpec, JsonValue } from '@winnow/contracts';
import { COMMAND_TABLE } from '../command-table';
import { loadCommand } from '../load-commands';
import { projectArgument, projectFile } from './project-argument';

const STEPS = ['crawl', 'build', 'split', 'train', 'evaluate', 'report'] as const;
export type StepName = (typeof STEPS)[number];

export const runCommand: CommandSpec = {
  name: 'run',
  summary: 'Do all steps of a project in order',
  arguments: [projectArgument],
  options: [{ flags: '--from <step>', description: 'begin with this step', type: 'string', choices: STEPS }],
  examples: ['winnow run birds.yaml', 'winnow run birds.yaml --from train'],
  async run(input, io) {
    const config = await loadProject(projectFile(input), { cwd: io.cwd, env: io.env });
    if (config.teacher === undefined) {
      throw new WinnowError('CONFIG_INVALID', 'The project names no teacher to learn from', {
        where: `${projectFile(input)}, key teacher`,
        next: 'Add `teacher: { weights: FILE.safetensors }`, or run the steps up to `winnow build` alone.',
      });
    }
    const first = STEPS.indexOf((input.options['from'] ?? 'crawl') as StepName);
    const results: Record<string, JsonValue> = {};
    const text: string[] = [];
    let exitCode: CommandResult['exitCode'] = 0;
    for (const step of STEPS.slice(first)) {
      io.log(`== ${step}`);
      const result = await runStep(step, projectFile(input), io);
      results[step] = result.json;
      text.push(...result.text);
      if (result.exitCode === 1) return { exitCode: 1, json: results, text };
      if (result.exitCode === 3) exitCode = 3;
    }
    return { exitCode, json: results, text };
  },
};

/** Runs a step's command in this process, as if it had been typed. */
export async function runStep(
  step: StepName,
  project: string,
  io: CommandIo,
  options: Readonly<Record<string, unknown>> = {},
): Promise<CommandResult> {
  const entry = COMMAND_TABLE.find(({ name }) => name === step);
  const spec = entry === undefined ? undefined : await loadCommand(entry);
  if (spec?.run === undefined) throw new Error(`no command ${step}`);
  const defaults = Object.fromEntries(
    spec.options
      .filter((option) => option.default !== undefined)
      .map((option) => [camelCase(option.flags), option.default]),
  );
  return spec.run({ arguments: { project }, options: { ...defaults, ...options } }, io);
}

function camelCase(flags: string): string {
  const long = /--([a-z-]+)/.exec(flags)?.[1] ?? flags;
  return long.replace(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}

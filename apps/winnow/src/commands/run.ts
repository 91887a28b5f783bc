import { loadProject } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import type { CommandResult, CommandSpec, JsonValue } from '@winnow/contracts';
import { projectArgument, projectFile } from './project-argument';
import { runStep, STEPS } from './run-step';
import type { StepName } from './run-step';

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
    // Before a crawl of hours. Later steps look at the data set that is there.
    if (first <= STEPS.indexOf('build')) {
      const checked = await runStep('teacher check', projectFile(input), io);
      checked.text.forEach((line) => io.log(line));
    }
    const results: Record<string, JsonValue> = {};
    const text: string[] = [];
    let exitCode: CommandResult['exitCode'] = 0;
    for (const step of STEPS.slice(first)) {
      if (step === 'evaluate' && config.evaluate.test === undefined) {
        io.log('== evaluate: left out, as the project names no test images (evaluate.test)');
        continue;
      }
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

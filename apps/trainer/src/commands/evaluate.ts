import type { CommandSpec, JsonValue } from '@winnow/contracts';
import { percentText } from '@winnow/runs';
import { projectEngineOption } from './engine-option';

export const evaluateCommand: CommandSpec = {
  name: 'evaluate',
  summary: 'Measure finished students of the newest data set on the test images, into evaluation.json of each run',
  arguments: [{ name: 'project', description: 'project file (YAML)', required: true }],
  options: [projectEngineOption],
  examples: ['winnow evaluate birds.yaml'],
  async run(input, io) {
    const { withProject } = await import('../open-project');
    const { evaluateRuns } = await import('../student/evaluate-runs');
    return withProject(
      { title: 'winnow evaluate', input, io },
      [['engine', input.options['engine'], '--engine']],
      async (project) => {
        const { rows, teacherAccuracy, missing, failures } = await evaluateRuns(project);
        return {
          exitCode: missing.length + failures.length === 0 ? 0 : 3,
          json: { teacher: { accuracy: teacherAccuracy }, results: rows as unknown as JsonValue, missing, failures },
          text: [
            evaluationLine({ method: 'method', seed: 'seed', accuracy: 'accuracy', error: 'ECE', run: 'run' }),
            ...(teacherAccuracy === null
              ? []
              : [evaluationLine({ method: 'teacher', accuracy: percentText(teacherAccuracy) })]),
            ...rows.map(({ method, seed, accuracy, calibrationError, model, folder }) =>
              evaluationLine({
                method,
                seed: String(seed),
                accuracy: percentText(accuracy),
                error: calibrationError.toFixed(3),
                run: `${model}, ${folder}`,
              }),
            ),
            ...missing.map(
              (folder) => `The weights of ${folder} are gone: move the folder aside and train again to measure it.`,
            ),
            ...failures.map(({ folder, reason }) => `${folder} cannot be measured: ${reason}.`),
          ],
        };
      },
    );
  },
};

interface EvaluationCells {
  readonly method: string;
  readonly seed?: string;
  readonly accuracy: string;
  /** Expected calibration error. */
  readonly error?: string;
  /** Model and folder: runs of one method and seed may differ in settings. */
  readonly run?: string;
}

function evaluationLine({ method, seed = '', accuracy, error = '', run = '' }: EvaluationCells): string {
  return `${method.padEnd(12)}${seed.padStart(6)}${accuracy.padStart(12)}${error.padStart(8)}   ${run}`.trimEnd();
}

import type { CommandSpec, JsonValue } from '@winnow/contracts';
import { percentText } from '../percent-text';
import { engineOption } from './engine-option';

export const evaluateCommand: CommandSpec = {
  name: 'evaluate',
  summary: 'Measure finished students on the test pictures',
  arguments: [{ name: 'project', description: 'project file (YAML)', required: true }],
  options: [engineOption],
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
            `${'method'.padEnd(12)}${'seed'.padStart(6)}${'accuracy'.padStart(12)}${'ECE'.padStart(8)}`,
            `${'teacher'.padEnd(18)}${percentText(teacherAccuracy).padStart(12)}`,
            ...rows.map(
              (row) =>
                `${row.method.padEnd(12)}${String(row.seed).padStart(6)}${percentText(row.accuracy).padStart(12)}${row.calibrationError.toFixed(3).padStart(8)}`,
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

import { METHOD_NAMES } from '@winnow/contracts';
import type { CommandSpec, JsonValue, MethodName, RunSummary, SplitSummary } from '@winnow/contracts';
import type { StudentJob } from '../student/student-job';
import { percentText } from '../percent-text';
import { engineOption } from './engine-option';
import { batchOption, epochsOption } from './training-length-options';

const percent = (share: number | null): string => percentText(share, { unknown: 'not measured' });

export const trainCommand: CommandSpec = {
  name: 'train',
  summary: 'Distil a student from the data set',
  arguments: [{ name: 'project', description: 'project file (YAML)', required: true }],
  options: [
    {
      flags: '--method <name>',
      description: 'how the student learns (default: train.method)',
      type: 'string',
      choices: METHOD_NAMES,
    },
    epochsOption,
    batchOption,
    { flags: '--seed <n>', description: 'seed of weights and batches', type: 'integer', min: 0 },
    engineOption,
  ],
  examples: ['winnow train birds.yaml', 'winnow train birds.yaml --method kd --seed 2'],
  async run(input, io) {
    const { withProject } = await import('../open-project');
    const { prepareTraining } = await import('../student/prepare-training');
    const { describeUnknown } = await import('../split/corrections');
    const { describeLearntSplit } = await import('../student/describe-learnt-split');
    const { trainStudent } = await import('../student/train-student');
    const { method, epochs, batch, seed, engine } = input.options;
    const overrides = [
      ['train.method', method, '--method'],
      ['train.epochs', epochs, '--epochs'],
      ['train.batch', batch, '--batch'],
      ['train.seed', seed, '--seed'],
      ['engine', engine, '--engine'],
    ] as const;
    return withProject({ title: 'winnow train', input, io }, overrides, async (project) => {
      const job = await prepareTraining(project);
      const { run, summary, reused } = await trainStudent(job).finally(() => job.teacher.dispose());
      const measured =
        summary.accuracy === null
          ? `agreement with the teacher ${percent(summary.agreement)} on held-out pictures of the pool`
          : `test accuracy ${percent(summary.accuracy)} (teacher ${percent(summary.teacherAccuracy)})`;
      return {
        exitCode: 0,
        json: { run: run.folder, reused, summary: summary as unknown as JsonValue },
        text: [
          `${reused ? 'Finished earlier' : 'Trained'}: ${summary.model} by ${summary.method}, seed ${summary.seed}: ${measured}, ${summary.seconds.toFixed(0)} s.`,
          ...(reused
            ? describeReused(summary, job)
            : [describeLearntSplit(job.splitSummary, summary.method as MethodName)]),
          ...describeUnknown(job.split.corrections),
          `Run folder: ${run.folder}`,
        ],
      };
    });
  },
};

/** A method that reads no split is not trained again for another: record and card tell of that of then. */
function describeReused({ split, notes }: RunSummary, { splitSummary }: StudentJob): string[] {
  const found = ({ quality: _measured, ...rest }: SplitSummary): string => JSON.stringify(rest);
  if (split === undefined || found(split) === found(splitSummary)) return notes.slice(0, 1);
  return [...notes.slice(0, 1), 'That is the split of then: the run was not changed, nor its card.'];
}

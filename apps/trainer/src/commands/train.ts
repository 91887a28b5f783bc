import { METHOD_NAMES } from '@winnow/contracts';
import type { CommandResult, CommandSpec, JsonValue, RunSummary } from '@winnow/contracts';
import { percentText } from '@winnow/runs';
import type { OpenProject } from '../open-project';
import type { Rehearsal } from '../student/rehearse-training';
import { projectEngineOption } from './engine-option';
import { projectLengthOptions } from './training-length-options';

const percent = (fraction: number | null): string => percentText(fraction, { unknown: 'not measured' });

const COMMAND = 'winnow train';
const REFUSAL = { what: 'Another command trains this very student', otherwise: 'train it with another seed' };

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
    ...projectLengthOptions,
    {
      flags: '--dry-run',
      description: 'say steps, minutes (measured on a few steps), memory and who decided each setting, and stop',
      type: 'boolean',
    },
    {
      flags: '--seed <n>',
      description: "seed of weights and batches (default: the project's)",
      type: 'integer',
      min: 0,
    },
    projectEngineOption,
  ],
  examples: [
    'winnow train birds.yaml',
    'winnow train birds.yaml --dry-run',
    'winnow train birds.yaml --method kd --seed 2',
  ],
  async run(input, io) {
    const { withProject } = await import('../open-project');
    const { prepareTraining } = await import('../student/prepare-training');
    const { describeSplitOf } = await import('../student/describe-learnt-split');
    const { lockedJob, trainAlone } = await import('../student/train-alone');
    const { lengthOf } = await import('../student/plan/training-block');
    const { lengthAdvice } = await import('../student/plan/training-length');
    const { describeFailure } = await import('../student/plan/training-verdict');
    const { heldError, prepareAlone, whileTraining } = await import('../locks');
    const { method, epochs, batch, seed, engine } = input.options;
    const overrides = [
      ['train.method', method, '--method'],
      ['train.epochs', epochs, '--epochs'],
      ['train.batch', batch, '--batch'],
      ['train.seed', seed, '--seed'],
      ['engine', engine, '--engine'],
    ] as const;
    return withProject({ title: 'winnow train', input, io }, overrides, async (project) => {
      if (input.options['dryRun'] === true) return rehearse(project);
      const { job, result } = await whileTraining(project, COMMAND, async () => {
        const prepared = await prepareAlone(project, COMMAND, () => prepareTraining(project));
        const trained = trainAlone(lockedJob(prepared), COMMAND).finally(() => prepared.teacher?.dispose());
        return { job: prepared, result: await trained };
      });
      if (!('run' in result)) throw heldError(result.holder, { ...REFUSAL, file: result.file });
      const { run, summary, reused } = result;
      const classCount = project.config.classes.length;
      const failure = describeFailure(summary, { classCount, advice: lengthAdvice(lengthOf(job)) });
      return {
        exitCode: 0,
        json: { run: run.folder, reused, failed: failure !== null, summary: summary as unknown as JsonValue },
        text: [
          `${reused ? 'Finished earlier' : 'Trained'}: ${summary.model} by ${summary.method}, seed ${summary.seed}: ${describeMeasure(summary)}, ${summary.seconds.toFixed(0)} s.`,
          ...(failure === null ? [] : [failure]),
          ...describeSplitOf(job, { summary, reused }),
          `Run folder: ${run.folder}`,
        ],
      };
    });
  },
};

/** What a training would be like; nothing is written but the split that a method needs. */
async function rehearse(project: OpenProject): Promise<CommandResult> {
  const { prepareTraining } = await import('../student/prepare-training');
  const { rehearseTraining } = await import('../student/rehearse-training');
  const { estimateJobBytes, trainingBlock } = await import('../student/plan/training-block');
  const { describeTime } = await import('../student/plan/training-time');
  const job = await prepareTraining(project, { isRehearsal: true });
  const rehearsal = await rehearseTraining(job).finally(() => job.teacher?.dispose());
  const { settings, decidedBy, steps, stepsPerEpoch } = job.plan;
  const seconds = rehearsal === null ? null : secondsOf(rehearsal, steps);
  const isTimed = rehearsal?.refinement?.seconds !== null;
  const [title = '', ...block] = trainingBlock(job);
  return {
    exitCode: 0,
    json: {
      steps,
      stepsPerEpoch,
      seconds: isTimed ? seconds : null,
      secondsPerStep: rehearsal?.secondsPerStep ?? null,
      refinement: describeRehearsed(rehearsal?.refinement ?? null),
      memoryBytes: estimateJobBytes(job),
      settings: { ...settings },
      decidedBy: { ...decidedBy },
    },
    text: [
      title,
      rehearsal === null || seconds === null
        ? '  Time: no step could be measured.'
        : `  Time: about ${describeTime({ seconds, steps, secondsPerStep: rehearsal.secondsPerStep })}, ${rehearsal.prepareSeconds.toFixed(0)} s of it before the first${describeRefining(rehearsal.refinement)}; measuring the student comes on top.`,
      ...block,
    ],
  };
}

/** Of all but a refinement that could not be timed. */
function secondsOf({ prepareSeconds, secondsPerStep, refinement }: Rehearsal, steps: number): number {
  return prepareSeconds + steps * secondsPerStep + (refinement?.seconds ?? 0);
}

function describeRehearsed(refinement: Rehearsal['refinement']): JsonValue {
  if (refinement === null) return null;
  const { depth, epochs, steps, seconds } = refinement;
  return { depth, epochs, steps, seconds };
}

function describeRefining(refinement: Rehearsal['refinement']): string {
  if (refinement === null) return '';
  return refinement.seconds === null
    ? '; refining the teacher comes on top, of which no step could be measured'
    : `, and ${refinement.seconds.toFixed(0)} s to refine the teacher`;
}

function describeMeasure({ accuracy, agreement, teacherAccuracy }: RunSummary): string {
  if (accuracy !== null)
    return `test accuracy ${percent(accuracy)}${teacherAccuracy === null ? '' : ` (teacher ${percent(teacherAccuracy)})`}`;
  if (agreement === null) return 'not measured, as there are neither test images nor held-out ones with a teacher';
  return `agreement with the teacher ${percent(agreement)} on held-out images of the pool`;
}

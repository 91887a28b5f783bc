import { NOISE_KINDS, type NoiseKind, WinnowError } from '@winnow/contracts';
import { DEFAULT_AUGMENT } from '../../augment/augment-options';
import { BatchStream } from '../../loader/batch-stream';
import { disposeAll } from '../../batch-tensors';
import { imageDraw } from '../../loader/image-draw';
import type { Method, MethodContext, PreparedMethod } from '../../method';
import { observeLabelled, observeOpen, STRONG_VIEW, WEAK_VIEW } from './modul-observations';
import { modulModules } from './modul-modules';
import { labelledLosses, rotationLossOf } from './modul-losses';
import { requiredSplit, requiredTeacher } from '../../teacher/required-teacher';

/**
 * The paper's method: hard labels and feature maps on clean and closed images, prototype contrast of mixed views,
 * instance contrast on clean ones, rotation prediction on open ones. An epoch is a pass over the clean set.
 * Tang et al., "Learning Student Network Under Universal Label Noise", IEEE TIP 2024.
 */
export const modul: Method = {
  name: 'modul',
  summary: 'MODUL (Tang et al. 2024): a loss of its own for clean, closed and open images',
  revision: 2,
  needsTeacher: true,
  needsFeatureMap: true,
  needsSplit: true,
  readsDecisions: true,
  split: 'edl-gmm',
  ownViews: true,
  schedule: 'steps',
  // A pass over the clean set; without one, over the largest.
  imagesPerEpoch: ({ count, kinds }) => kinds?.clean || Math.max(kinds?.closed ?? count, kinds?.open ?? 0),
  prepare,
};

async function prepare(context: MethodContext): Promise<PreparedMethod> {
  const teacher = requiredTeacher(context);
  const rows = rowsByKind(requiredSplit(context).kinds);
  const streams = new Map<NoiseKind, BatchStream>();
  for (const [kind, members] of rows) {
    if (members.length > 0) streams.set(kind, new BatchStream(members, context.batch, context.random.fork(kind)));
  }
  const modules = await modulModules(context, teacher, rows.get('clean') ?? []);
  return {
    stepsPerEpoch: stepsPerEpoch(streams),
    modules: modules.trained,
    frozen: modules.frozen,
    notes: [...setNotes(streams), ...viewNotes(context), ...modules.notes],
    draw: (step) =>
      [...streams].map(([kind, stream]) =>
        imageDraw(kind, { stream, step }, kind === 'open' ? [WEAK_VIEW] : [WEAK_VIEW, STRONG_VIEW]),
      ),
    step({ step, part }, drawn) {
      const find = (kind: NoiseKind) => drawn.find(({ name }) => name === kind);
      const random = context.random.fork('step', step, part);
      const index = { context, teacher, random };
      const [clean, closed, open] = [find('clean'), find('closed'), find('open')];
      const cleanView = clean && observeLabelled('clean', clean, index);
      const closedView = closed && observeLabelled('closed', closed, { ...index, withMixes: clean !== undefined });
      const openView = open && observeOpen(open, index);
      return {
        imagesSeen: drawn.reduce((sum, { rows: { length } }) => sum + length, 0),
        losses: [
          ...(cleanView ? labelledLosses('clean', cleanView, { student: context.student, modules }) : []),
          ...(closedView ? labelledLosses('closed', closedView, { student: context.student, modules }) : []),
          ...(openView ? [() => rotationLossOf(openView, { student: context.student, modules })] : []),
        ],
      };
    },
    dispose: () => disposeAll(modules.trained, modules.frozen),
  };
}

function rowsByKind(kinds: ArrayLike<number>): ReadonlyMap<NoiseKind, readonly number[]> {
  const rows = new Map<NoiseKind, number[]>(NOISE_KINDS.map((kind) => [kind, []]));
  for (let row = 0; row < kinds.length; row += 1) {
    const kind = NOISE_KINDS[kinds[row] as number];
    if (kind === undefined) throw new WinnowError('INTERNAL', `image ${row} has the kind ${kinds[row]}, not 0, 1 or 2`);
    rows.get(kind)?.push(row);
  }
  return rows;
}

/** The method is defined by its views. */
function viewNotes({ augment }: MethodContext): string[] {
  if (JSON.stringify(augment) === JSON.stringify(DEFAULT_AUGMENT)) return [];
  return ["The method keeps the paper's views: `train.augment` was not used."];
}

/** A pass over the clean set; without one, over the largest. */
function stepsPerEpoch(streams: ReadonlyMap<NoiseKind, BatchStream>): number {
  return streams.get('clean')?.perPass ?? Math.max(...[...streams.values()].map(({ perPass }) => perPass));
}

function setNotes(streams: ReadonlyMap<NoiseKind, BatchStream>): string[] {
  return NOISE_KINDS.flatMap(
    (kind) =>
      streams.get(kind)?.notes(`${kind} images`) ?? [`The split found no ${kind} images: their terms are left out.`],
  );
}

import { type ExternalContract, WinnowError } from '@winnow/contracts';
import {
  encodeTextEmbeddings,
  type ExternalSource,
  type ForwardResult,
  readExternalSource,
  readTextEmbeddings,
  readTextFile,
  requireLogitScale,
  TEXT_FILE,
  type TextEmbeddings,
  zeroShotNetwork,
} from '@winnow/models';
import { externalFrozen, type FrozenNetwork } from '@winnow/training';
import { tf } from '@winnow/tensor';
import type { Candidate } from './check-teacher';
import { completeContract, missingError, type TeacherContract } from './teacher-contract';
import type { ImportJob, TeacherFlags, ZeroShotFlags } from './import-job';
import { inputAxes } from './inspect-teacher';
import { writeTeacherFolder } from './write-teacher';
import { calibrateTeacher, type CalibrationSet } from './zero-shot-calibration';

/** Those in use are 10 to some 120. */
const LOW_SCALE = 5;

/**
 * A teacher of names: an image tower, and text embeddings of classes.
 * @throws WinnowError USAGE for weights; CONFIG_INVALID naming all that is not known; FILE_NOT_FOUND, FORMAT_INVALID;
 *   TEACHER_MISMATCH where the two do not fit
 */
export async function readZeroShot(
  file: string,
  { flags, out, resize: asked }: ImportJob,
  zeroShot: ZeroShotFlags,
): Promise<Candidate> {
  if (file.endsWith('.safetensors')) {
    throw new WinnowError('USAGE', 'A teacher of names needs a model with its graph, not weights alone', {
      where: file,
      next: 'Export the image tower as ONNX: docs/teachers.md, "A teacher from names".',
    });
  }
  const text = readTextEmbeddings(await readTextFile(zeroShot.text), zeroShot.text, flags.classes);
  const source = await readExternalSource(file);
  const { hints, files } = source;
  const { foreign: external, classes, input, logitScale } = completeZeroShot(source, { flags, zeroShot, text }, file);
  const tower = await source.open(external, input.size);
  const network = zeroShotNetwork(tower, text, { scale: logitScale, where: zeroShot.text });
  const { rename } = flags;
  const resize = asked ?? hints.resize;
  const about = { ...external, classes: [...classes], rename, input, ...(resize !== undefined && { resize }) };
  const all = new Map([...files, [TEXT_FILE, encodeTextEmbeddings({ ...text, logitScale })]]);
  const scaled = (temperature: number, calibration: CalibrationSet, notes: readonly string[]): Candidate => ({
    kind: `zero-shot ${source.kind}`,
    classes,
    input,
    frozen: withTemperature(externalFrozen(network, input), temperature),
    hasFeatureMap: false,
    rename,
    resize,
    notes: [...source.notes, ...(logitScale < LOW_SCALE ? [lowScaleNote(logitScale)] : []), ...notes],
    write: () => writeTeacherFolder(out, { ...about, zeroShot: { logitScale, temperature, calibration } }, all),
  });
  if (zeroShot.temperature !== undefined) return scaled(zeroShot.temperature, null, []);
  const untouched = scaled(1, null, []);
  return {
    ...untouched,
    calibrate: (images) => {
      const { temperature, calibration, note } = calibrateTeacher(untouched, images, zeroShot.labels);
      return scaled(temperature, calibration, [note]);
    },
  };
}

/** @throws WinnowError CONFIG_INVALID naming everything that nobody says, with its flag */
function completeZeroShot(
  source: Pick<ExternalSource, 'kind' | 'hints' | 'describe'>,
  said: { readonly flags: TeacherFlags; readonly zeroShot: ZeroShotFlags; readonly text: TextEmbeddings },
  file: string,
): TeacherContract & { readonly foreign: ExternalContract; readonly logitScale: number } {
  const { flags, zeroShot, text } = said;
  const { kind, hints } = source;
  const declared = inputAxes(source.describe().inputs[0]?.shape ?? []);
  const layout = flags.layout ?? hints.layout ?? declared.layout ?? undefined;
  const output = zeroShot.embedding ?? hints.features;
  const scale = zeroShot.logitScale ?? text.logitScale;
  const needed: readonly (readonly [unknown, string, string])[] = [
    [layout, 'axes of its input', '--layout nchw or nhwc'],
    [output, 'output that holds the image embeddings', '--embedding NAME'],
    [scale, "what it multiplies cosines by (CLIP: 100, exp of the model's logit_scale)", '--logit-scale NUMBER'],
  ];
  const extra = needed.flatMap(([value, what, flag]) => (value === undefined ? [{ what, flag }] : []));
  const input = { ...(declared.size !== null && { size: declared.size }), ...hints.input };
  const completed = completeContract({ ...flags, classes: text.classes }, { ...hints, input }, { file, extra });
  if ('missing' in completed) throw missingError(completed.missing, file, null);
  const external: ExternalContract = {
    kind,
    layout: layout as 'nchw',
    logits: { output: output as string, values: 'embeddings' },
    features: { output: output as string },
    featureMap: null,
  };
  return { ...completed.contract, foreign: external, logitScale: requireLogitScale(scale as number, '--logit-scale') };
}

function lowScaleNote(scale: number): string {
  return `A logit scale of ${scale} is lower than any in use: CLIP's parameter logit_scale is the logarithm, and its exp some 100.`;
}

/** The network with its logits divided. */
function withTemperature(network: FrozenNetwork, temperature: number): FrozenNetwork {
  if (temperature === 1) return network;
  return {
    ...network,
    outputs: (images) =>
      tf.tidy(() => {
        const outputs = network.outputs(images);
        const logits = tf.div(outputs.logits, temperature) as tf.Tensor2D;
        return { ...outputs, logits } as ForwardResult & tf.TensorContainerObject;
      }),
  };
}

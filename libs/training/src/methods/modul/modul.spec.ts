import { requireFeatureMap } from '@winnow/models';
import { SeededRandom } from '@winnow/random';
import { onEngines, tf } from '@winnow/tensor';
import { DEFAULT_AUGMENT } from '../../augment/augment-options';
import type { DrawnImages, ImageDraw, ViewRequest } from '../../loader/image-draw';
import { openRenderer } from '../../loader/renderer';
import { freezeModel, type FrozenTeacher } from '../../teacher/frozen-network';
import type { LossParts, MethodContext } from '../../method';
import { modul } from './modul';
import { EMBEDDING_DIM, type ModulModules, modulModules } from './modul-modules';
import { type LabelledView, observeLabelled, observeOpen, STRONG_VIEW, WEAK_VIEW } from './modul-observations';
import { labelledLosses, rotationLossOf } from './modul-losses';
import {
  colourImages,
  lossParts,
  SMALL_INPUT,
  smallNetwork,
  turnwiseSplit,
} from '../../spec-support/training-under-test';

type Rows = readonly (readonly number[])[];

const images = colourImages(12);
const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, index) => sum + value * (b[index] as number), 0);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const unit = (vector: readonly number[]): number[] => vector.map((value) => value / Math.sqrt(dot(vector, vector)));
/** -sum_k t_k log softmax(z)_k */
const naiveCe = (logits: readonly number[], targets: readonly number[]): number => {
  const logSum = Math.log(logits.reduce((sum, value) => sum + Math.exp(value), 0));
  return -dot(
    targets,
    logits.map((value) => value - logSum),
  );
};
/** Of the released code; the contrast's is that of each of its two calls. */
const WEIGHTS: Readonly<Record<string, number>> = { ce: 0.1, mse: 0.9, mix: 0.1, instance: 0.01, rotation: 0.01 };
/** Every term by name, before its weight; a set's mixes are one sum. */
const unweighted = (losses: readonly LossParts[]): ReadonlyMap<string, number> => {
  const values = new Map<string, number>();
  for (const [name, part] of losses.flatMap(({ parts }) => Object.entries(parts))) {
    const weight = WEIGHTS[name.replace(/-(?:clean|closed)$/, '')] as number;
    values.set(name, (values.get(name) ?? 0) + (part.dataSync()[0] as number) / weight);
  }
  return values;
};
const rowsOf = (tensor: tf.Tensor): number[][] => tensor.arraySync() as number[][];
const modulesOf = (modules: ModulModules, name: string): { weight: number[][]; bias: number[] } => ({
  weight: rowsOf(modules.trained.get(`${name}.weight`) as tf.Tensor),
  bias: Array.from((modules.trained.get(`${name}.bias`) as tf.Tensor).dataSync()),
});
/** x W + b, row by row. */
const naiveLinear = (rows: Rows, { weight, bias }: { weight: Rows; bias: readonly number[] }): number[][] =>
  rows.map((row) =>
    bias.map(
      (offset, column) =>
        offset +
        dot(
          row,
          weight.map((line) => line[column] as number),
        ),
    ),
  );
const naiveEmbed = (rows: Rows, modules: ModulModules, name: string): number[][] =>
  naiveLinear(rows, modulesOf(modules, name)).map(unit);

function setUp(width = 6): { context: MethodContext; teacher: FrozenTeacher; dispose(): void } {
  const [model, teacherModel] = [smallNetwork({ seed: 1 }), smallNetwork({ seed: 2, width })];
  const teacher = freezeModel(teacherModel, SMALL_INPUT);
  const data = { images, split: turnwiseSplit(images) };
  const student = { model, input: SMALL_INPUT };
  return {
    context: { data, teacher, student, batch: 3, epochs: 1, augment: DEFAULT_AUGMENT, random: new SeededRandom(4) },
    teacher,
    dispose: () => {
      model.dispose();
      teacherModel.dispose();
    },
  };
}

async function render(draws: readonly ImageDraw[]): Promise<readonly DrawnImages[]> {
  const renderer = openRenderer(images, { seed: 'views', size: images.size, normalise: null }, 0);
  return renderer.render(draws);
}

async function drawRows(name: string, rows: Int32Array, views = [WEAK_VIEW, STRONG_VIEW]): Promise<DrawnImages> {
  const [drawn] = await render([{ name, step: 0, pass: 0, rows, repeats: new Int32Array(rows.length), views }]);
  return drawn as DrawnImages;
}

onEngines(() => {
  it('makes prototypes: unit means of embedded teacher features by given label', async () => {
    const { context, teacher, dispose } = setUp();
    const clean = [0, 3, 4, 6];
    const modules = await modulModules(context, teacher, clean);
    const plain = tf.tidy(() => {
      const pixels = Float32Array.from(
        images.pixels,
        (value, at) => (value / 255 - (SMALL_INPUT.mean[at % 3] as number)) / 0.25,
      );
      return rowsOf(teacher.outputs(tf.tensor4d(pixels, [12, 8, 8, 3])).features);
    });
    const embedded = naiveEmbed(plain, modules, 'embed-teacher');
    const found = rowsOf(modules.prototypes as tf.Tensor);
    [0, 1, 2].forEach((label) => {
      const members = clean.filter((row) => images.labels[row] === label).map((row) => embedded[row] as number[]);
      const expected =
        members.length === 0
          ? new Array<number>(EMBEDDING_DIM).fill(0)
          : unit(members[0]?.map((_, at) => mean(members.map((row) => row[at] as number))) ?? []);
      expected.forEach((value, at) => expect(found[label]?.[at]).toBeCloseTo(value, 4));
    });
    dispose();
  });

  it('computes every term as the paper writes it', async () => {
    const { context, teacher, dispose } = setUp();
    const modules = await modulModules(context, teacher, [0, 3, 6, 9, 4, 2]);
    const place = { student: context.student, modules };
    const random = new SeededRandom(8);
    const drawn = await drawRows('clean', Int32Array.of(0, 3, 2));
    tf.tidy(() => {
      const view = observeLabelled('clean', drawn, { context, teacher, random });
      const values = unweighted(labelledLosses('clean', view, place).map((makeLoss) => makeLoss()));
      expect([...values.keys()]).toEqual(['ce-clean', 'mse-clean', 'instance', 'mix-clean']);
      const ours = context.student.model.forward(view.images, { training: true });
      const [logits, targets] = [rowsOf(ours.logits), rowsOf(view.targets)];
      expect(values.get('ce-clean')).toBeCloseTo(
        mean(logits.map((row, at) => naiveCe(row, targets[at] as number[]))),
        4,
      );
      const [ourMap, theirMap] = [ours.featureMap.dataSync(), requireFeatureMap(view.teacher).dataSync()];
      expect(values.get('mse-clean')).toBeCloseTo(
        mean(Array.from(ourMap, (value, at) => (value - (theirMap[at] as number)) ** 2)),
        4,
      );
      expect(values.get('mix-clean')).toBeCloseTo(naiveMix(view, place), 3);
      expect(values.get('instance')).toBeCloseTo(
        naiveInstance(rowsOf(ours.features), rowsOf(view.teacher.features), modules),
        3,
      );
    });
    dispose();
  });

  /** Sum over the calls of the mean CE of both embeddings against the prototypes, T = .3. */
  function naiveMix(
    view: LabelledView,
    { student, modules }: { student: MethodContext['student']; modules: ModulModules },
  ): number {
    const centres = rowsOf(modules.prototypes as tf.Tensor);
    const side = (embedded: Rows, targets: Rows): number =>
      mean(
        embedded.map((row, at) =>
          naiveCe(
            centres.map((centre) => dot(row, centre) / 0.3),
            targets[at] as number[],
          ),
        ),
      );
    return view.mixes.reduce((sum, mix) => {
      const ours = rowsOf(student.model.forward(mix.images, { training: true }).features);
      const targets = rowsOf(mix.targets);
      const theirs = naiveEmbed(rowsOf(mix.teacherFeatures), modules, 'embed-teacher');
      return sum + side(naiveEmbed(ours, modules, 'embed-student'), targets) + side(theirs, targets);
    }, 0);
  }

  /** For each of the 2B anchors: -log of the partner's share among all others, T = .3. */
  function naiveInstance(ours: Rows, theirs: Rows, modules: ModulModules): number {
    const bank = [...naiveEmbed(ours, modules, 'embed-student'), ...naiveEmbed(theirs, modules, 'embed-teacher')];
    const count = ours.length;
    return mean(
      bank.map((anchor, index) => {
        const partner = (index + count) % (2 * count);
        const others = bank.map((row, at) => (at === index ? 0 : Math.exp(dot(anchor, row) / 0.3)));
        return -Math.log((others[partner] as number) / others.reduce((sum, value) => sum + value, 0));
      }),
    );
  }

  it('predicts the four turns of every open image', async () => {
    const { context, teacher, dispose } = setUp();
    const modules = await modulModules(context, teacher, [0]);
    const drawn = await drawRows('open', Int32Array.of(2, 5), [WEAK_VIEW]);
    tf.tidy(() => {
      const view = observeOpen(drawn, { context });
      expect(view.quarterTurns).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
      expect(view.images.shape).toEqual([8, 8, 8, 3]);
      const pictures = view.images.arraySync();
      const at = (image: number, y: number, x: number) => pictures[image]?.[y]?.[x];
      // A quarter turn against the clock: what was at the right is on top.
      for (const [y, x] of [
        [0, 0],
        [0, 3],
        [5, 2],
      ] as const) {
        for (const turned of [2, 3, 4, 5, 6, 7]) expect(at(turned, y, x)).toEqual(at(turned - 2, x, 7 - y));
      }
      const values = unweighted([rotationLossOf(view, { student: context.student, modules })]);
      const features = rowsOf(context.student.model.forward(view.images, { training: true }).features);
      const logits = naiveLinear(features, modulesOf(modules, 'rotation'));
      const expected = mean(
        logits.map((row, at) =>
          naiveCe(
            row,
            [0, 1, 2, 3].map((turn) => Number(turn === view.quarterTurns[at])),
          ),
        ),
      );
      expect(values.get('rotation')).toBeCloseTo(expected, 4);
    });
    dispose();
  });

  it("refines closed labels by the teacher's best class of the view, and mixes with a lambda of its own each call", async () => {
    const { context, teacher, dispose } = setUp();
    const drawn = await drawRows('closed', Int32Array.of(1, 4, 7, 10));
    tf.tidy(() => {
      const view = observeLabelled('closed', drawn, { context, teacher, random: new SeededRandom(3) });
      const logits = rowsOf(view.teacher.logits);
      rowsOf(view.targets).forEach((target, row) => {
        expect(target.indexOf(1)).toBe(logits[row]?.indexOf(Math.max(...(logits[row] ?? []))));
      });
      expect(view.mixes.map(({ images: pictures }) => pictures.shape[0])).toEqual([8, 8]);
      for (const { targets } of view.mixes) {
        rowsOf(targets).forEach((row) => expect(row.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5));
      }
      const [first, second] = view.mixes.map(({ images: pictures }) => Array.from(pictures.dataSync()));
      expect(first).not.toEqual(second);
    });
    dispose();
  });

  it('mixes labels by the share in which it mixes images', async () => {
    // Images of one tone each, so that no view changes them but AugMix: the weak half tells all.
    const tones = [40, 90, 160, 250];
    const flat = { ...images, pixels: images.pixels.map((_, at) => tones[Math.floor(at / 192) % 4] as number) };
    const { context, teacher, dispose } = setUp();
    const place = { context: { ...context, data: { ...context.data, images: flat } }, teacher };
    const renderer = openRenderer(flat, { seed: 'views', size: flat.size, normalise: null }, 0);
    const rows = Int32Array.of(0, 1, 2, 3);
    const still: ViewRequest = { name: 'weak', augment: { basis: 'none' } };
    const draw = { name: 'clean', step: 0, pass: 0, rows, repeats: new Int32Array(4), views: [still, still] };
    const [drawn] = await renderer.render([draw]);
    tf.tidy(() => {
      const { mixes } = observeLabelled('clean', drawn as DrawnImages, { ...place, random: new SeededRandom(3) });
      const fractions = mixes.map(({ images: pictures, targets }) => {
        const seen = rowsOf(targets);
        const lambdas = rowsOf(tf.mean(pictures, [1, 2])).flatMap((tone, row) => {
          const own = flat.labels[row % 4] as number;
          const value = ((tone[0] as number) * 0.25 + 0.5) * 255;
          const fraction = seen[row]?.[own] as number;
          if (fraction === 1) return [];
          // Of the partners whose label holds the rest, one explains the tone.
          const others = [0, 1, 2, 3].filter(
            (other) =>
              ((seen[row] as number[])[flat.labels[other] as number] as number) > 0 && flat.labels[other] !== own,
          );
          const misses = others.map((other) =>
            Math.abs(fraction * (tones[row % 4] as number) + (1 - fraction) * (tones[other] as number) - value),
          );
          expect(Math.min(...misses)).toBeLessThan(1);
          return [fraction];
        });
        expect(lambdas.length).toBeGreaterThan(0);
        return lambdas[0] as number;
      });
      expect(fractions[0]).not.toBe(fractions[1]);
    });
    await renderer.close();
    dispose();
  });

  it("takes a person's class for a closed image, not the teacher's", async () => {
    const { context, teacher, dispose } = setUp();
    const drawn = await drawRows('closed', Int32Array.of(1, 4, 7));
    const targets = (known: Int32Array) => {
      const place = { context: { ...context, data: { ...context.data, known } }, teacher, random: new SeededRandom(3) };
      return tf.tidy(() => {
        return rowsOf(observeLabelled('closed', drawn, place).targets).map((target) => target.indexOf(1));
      });
    };
    const theirs = targets(new Int32Array(12).fill(-1));
    const corrected = new Int32Array(12).fill(-1);
    corrected[4] = (theirs[1] as number) === 0 ? 1 : 0;
    expect(targets(corrected)).toEqual([theirs[0], corrected[4], theirs[2]]);
    dispose();
  });

  it('weights the terms as released', async () => {
    const { context, dispose } = setUp();
    const prepared = await modul.prepare(context);
    const drawn = await render(prepared.draw(0));
    tf.tidy(() => {
      const losses = prepared.step({ step: 0, part: 0 }, drawn).losses.map((makeLoss) => makeLoss());
      const number = (scalar: tf.Scalar) => scalar.dataSync()[0] as number;
      // The weak view of a set, its two mixes; the turns.
      expect(losses.map(({ parts }) => Object.keys(parts).length)).toEqual([3, 1, 1, 2, 1, 1, 1]);
      for (const { parts, total } of losses) {
        const sum = Object.values(parts).reduce((all, part) => all + number(part), 0);
        expect(number(total)).toBeCloseTo(sum, 5);
      }
      expect([...new Set(losses.flatMap(({ parts }) => Object.keys(parts)))]).toEqual([
        'ce-clean',
        'mse-clean',
        'instance',
        'mix-clean',
        'ce-closed',
        'mse-closed',
        'mix-closed',
        'rotation',
      ]);
    });
    prepared.dispose();
    dispose();
  });

  it('drops the terms of empty sets, and says so', async () => {
    const { context, dispose } = setUp();
    const kindsOf = (kind: (row: number) => number) => ({
      ...turnwiseSplit(images),
      kinds: Uint8Array.from({ length: images.count }, (_, row) => kind(row)),
    });
    const partsWith = async (kind: (row: number) => number) => {
      const prepared = await modul.prepare({ ...context, data: { images, split: kindsOf(kind) } });
      const drawn = await render(prepared.draw(0));
      const names = tf.tidy(() =>
        Object.keys(lossParts(prepared.step({ step: 0, part: 0 }, drawn))),
      ) as unknown as string[];
      prepared.dispose();
      return { names, notes: prepared.notes };
    };
    const openOnly = await partsWith(() => 2);
    expect(openOnly.names).toEqual(['rotation']);
    expect(openOnly.notes.join(' ')).toMatch(/no clean.*no closed/);
    // Without clean images there are no prototypes to contrast with.
    expect((await partsWith((row) => (row < 2 ? 1 : 2))).names).toEqual(['ce-closed', 'mse-closed', 'rotation']);
    expect((await partsWith((row) => (row < 2 ? 1 : 0))).notes.join(' ')).toMatch(/2 closed.*replacement.*no open/);
    dispose();
  });

  it('projects feature maps of other widths, and says so', async () => {
    const { context, teacher, dispose } = setUp(10);
    const modules = await modulModules(context, teacher, [0, 3]);
    expect(modules.notes).toEqual([expect.stringContaining("6 channels to the teacher's 10")]);
    const projected = tf.tidy(() => modules.project(tf.ones([2, 4, 4, 6])).shape);
    expect(projected).toEqual([2, 4, 4, 10]);
    expect(modules.trained.has('projector.weight')).toBe(true);
    dispose();
  });
});

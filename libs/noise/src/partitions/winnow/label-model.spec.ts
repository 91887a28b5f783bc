import { candidateClasses } from './candidate-classes';
import { LabelChannel } from './label-channel';
import { labelModelStep } from './label-model';
import { OpenSetClassifier } from './open-set-classifier';
import { startTemperature, temperatureStep } from './temperature';

const NO_PRIOR = { rateImages: 0, targetImages: 0, openImages: 0, resemblanceImages: 0 };

function constantClassifier(count: number, fraction: number): OpenSetClassifier {
  const basis = { values: new Float32Array(count).fill(1), width: 1, blocks: [], means: new Float64Array(1) };
  return new OpenSetClassifier(basis, { fraction, ridge: 1, adapts: false });
}

describe('labelModelStep', () => {
  it('gives the posteriors of Bayes, by hand', () => {
    // p = (3/4, 1/4), labels 0 and 1, half wrong as often as not: N = (.8 .2; .2 .8), open .1, q = (1/2, 1/2).
    const labels = Int32Array.of(0, 1);
    const logits = Float32Array.of(Math.log(3), 0, Math.log(3), 0);
    const parts = {
      channel: new LabelChannel(labels, 2, { rate: 0.2, prior: NO_PRIOR }),
      classifier: constantClassifier(2, 0.1),
      inverseTemperature: 1,
      startInverse: 1,
      cellFactors: new Float64Array(8).fill(1),
    };
    const pool = { candidates: candidateClasses(logits, labels, 2), labels, cells: new Uint8Array(2) };
    const { probabilities, closedClasses, logLikelihood } = labelModelStep(pool, parts, { learn: false });
    // First: clean .9 * .75 * .8 = .54, closed .9 * .25 * .2 = .045, open .05; second: .18, .135, .05.
    const [first, second] = [0.54 + 0.045 + 0.05, 0.18 + 0.135 + 0.05];
    const expected = [0.54 / first, 0.045 / first, 0.05 / first, 0.18 / second, 0.135 / second, 0.05 / second];
    expected.forEach((value, at) => expect(probabilities[at]).toBeCloseTo(value, 6));
    expect([...closedClasses]).toEqual([1, 0]);
    expect(logLikelihood).toBeCloseTo((Math.log(first) + Math.log(second)) / 2, 6);
  });

  it('tells open images by what those are called that look alike', () => {
    // As above, but of open images that look like class 0, three in four are called 1; of the others all are called 0.
    const labels = Int32Array.of(0, 1);
    const logits = Float32Array.of(Math.log(3), 0, Math.log(3), 0);
    const channel = new LabelChannel(labels, 2, { rate: 0.2, prior: NO_PRIOR });
    const tally = channel.tally();
    tally.members.set([5, 5]);
    tally.wrong.set([1, 1]);
    tally.moves?.set([0, 1, 1, 0]);
    tally.open.set([5, 3]);
    tally.resemblances?.set([1, 4, 3, 0]);
    channel.learn(tally);
    const parts = {
      channel,
      classifier: constantClassifier(2, 0.1),
      inverseTemperature: 1,
      startInverse: 1,
      cellFactors: new Float64Array(8).fill(1),
    };
    const pool = { candidates: candidateClasses(logits, labels, 2), labels, cells: new Uint8Array(2) };
    const { probabilities } = labelModelStep(pool, parts, { learn: true });
    // Open and called 0: .1 * (.75 * .25 + .25) = .04375; called 1: .1 * .75 * .75 = .05625. The others as above.
    const opens = [0.04375 / (0.54 + 0.045 + 0.04375), 0.05625 / (0.18 + 0.135 + 0.05625)] as const;
    opens.forEach((value, row) => expect(probabilities[row * 3 + 2]).toBeCloseTo(value, 6));
    // The first looked like class 0 with .01875 of .04375, the second with all.
    const alike = (opens[0] * 0.01875) / 0.04375;
    expect(channel.openChance(0, 0)).toBeCloseTo(alike / (alike + opens[1]), 6);
    expect(channel.openChance(1, 0)).toBeCloseTo(1, 6);
  });

  it('takes what a person decided for the only explanation, and learns from it', () => {
    // The same two images, the first decided to show class 1, the second to show none.
    const labels = Int32Array.of(0, 1);
    const logits = Float32Array.of(Math.log(3), 0, Math.log(3), 0);
    const parts = {
      channel: new LabelChannel(labels, 2, { rate: 0.2, prior: NO_PRIOR }),
      classifier: constantClassifier(2, 0.1),
      inverseTemperature: 1,
      startInverse: 1,
      cellFactors: new Float64Array(8).fill(1),
    };
    const known = Int32Array.of(1, 2);
    const pool = { candidates: candidateClasses(logits, labels, 2), labels, cells: new Uint8Array(2), known };
    const { probabilities, closedClasses, logLikelihood } = labelModelStep(pool, parts, { learn: true });
    expect([...probabilities]).toEqual([0, 1, 0, 0, 0, 1]);
    expect([...closedClasses]).toEqual([1, 0]);
    // closed .9 * .25 * .2 = .045, open .1 / 2.
    expect(logLikelihood).toBeCloseTo((Math.log(0.045) + Math.log(0.05)) / 2, 6);
    // The one image of class 1 has a wrong label; none is of class 0; the open one is labelled 1.
    expect([...parts.channel.rates]).toEqual([0.2, 1]);
    expect([...parts.channel.openLabels]).toEqual([0, 1]);
    expect(parts.classifier.chances[0]).toBeGreaterThan(0.1);
    expect(parts.inverseTemperature).toBeLessThan(1);
  });
});

describe('OpenSetClassifier', () => {
  it('ends where the slope of the ridge regression is zero', () => {
    const x = [-2, -1, 0, 1, 2];
    const target = Float64Array.of(0, 0.2, 0.1, 0.9, 1);
    const values = Float32Array.from(x.flatMap((value) => [1, value]));
    const basis = { values, width: 2, blocks: [1], means: new Float64Array(2) };
    const classifier = new OpenSetClassifier(basis, { fraction: 0.3, ridge: 0.5, adapts: false });
    for (let round = 0; round < 100; round += 1) classifier.learn(target);
    const misses = target.map((value, row) => value - (classifier.chances[row] as number));
    const logOdds = Array.from(classifier.chances, (chance) => Math.log(chance / (1 - chance)));
    const weight = (logOdds[1] as number) - (logOdds[0] as number);
    expect(misses.reduce((sum, miss) => sum + miss, 0)).toBeCloseTo(0, 6);
    expect(misses.reduce((sum, miss, row) => sum + miss * (x[row] as number), 0)).toBeCloseTo(0.5 * weight, 6);
  });
});

describe('temperature', () => {
  it('starts where the mean confidence is the agreement and two thirds of the rest', () => {
    // One of two agrees: .5 + 2/3 * .5 = 5/6 = 1 / (1 + exp(-2 / T)), so T = 2 / ln 5.
    const labels = Int32Array.of(0, 0);
    const candidates = candidateClasses(Float32Array.of(2, 0, 0, 2), labels, 2);
    expect(startTemperature(candidates, labels)).toBeCloseTo(2 / Math.log(5), 6);
    const tenfold = candidateClasses(Float32Array.of(20, 0, 0, 20), labels, 2);
    expect(startTemperature(tenfold, labels)).toBeCloseTo(20 / Math.log(5), 5);
  });

  it('moves to the temperature that made the labels where nothing is wrong', () => {
    // Logits (2, 0), right in three of four: 1 / (1 + exp(-2 b)) = 3/4, so b = ln 3 / 2; the start weighs .1 an image.
    let inverse = 1;
    for (let step = 0; step < 200; step += 1) {
      const p = 1 / (1 + Math.exp(-2 * inverse));
      inverse = temperatureStep(inverse, inverse, { slope: 1.5 - 2 * p, curvature: 4 * p * (1 - p), count: 1 });
    }
    expect(inverse).toBeCloseTo(Math.log(3) / 2, 6);
  });

  it('ends between the start and what the labels say: the start weighs .1 an image', () => {
    // The same evidence, drawn to a start of 1: b (1.5 - 2 p) = .1 ln b.
    let inverse = 1;
    const slopeAt = (b: number) => 1.5 - 2 / (1 + Math.exp(-2 * b));
    for (let step = 0; step < 200; step += 1) {
      const p = 1 / (1 + Math.exp(-2 * inverse));
      inverse = temperatureStep(inverse, 1, { slope: 5 * slopeAt(inverse), curvature: 20 * p * (1 - p), count: 5 });
    }
    expect(inverse * slopeAt(inverse)).toBeCloseTo(0.1 * Math.log(inverse), 8);
    expect(inverse).toBeGreaterThan(Math.log(3) / 2);
  });

  it('stays at the start where labels say nothing', () => {
    expect(temperatureStep(0.5, 0.5, { slope: 0, curvature: 0, count: 10 })).toBe(0.5);
    expect(temperatureStep(1, 0.5, { slope: 0, curvature: 0, count: 10 })).toBeCloseTo(1 / 1.25);
  });
});

describe('candidateClasses', () => {
  it('keeps the largest and the given label', () => {
    const logits = Float32Array.from({ length: 100 }, (_, k) => (k * 37) % 100);
    const label = logits.indexOf(0);
    const { classes, width } = candidateClasses(logits, Int32Array.of(label), 100);
    expect(width).toBe(64);
    const naive = [...logits.keys()].sort((a, b) => (logits[b] as number) - (logits[a] as number)).slice(0, 63);
    expect([...classes]).toEqual([...naive, label]);
  });

  it('keeps the class that a person decided, too', () => {
    const logits = Float32Array.from({ length: 100 }, (_, k) => -k);
    const of = (label: number, known: number) =>
      [...candidateClasses(logits, Int32Array.of(label), 100, Int32Array.of(known)).classes].slice(-2);
    expect(of(99, 98)).toEqual([98, 99]);
    expect(of(3, 98)).toEqual([62, 98]);
    expect(of(99, 99)).toEqual([62, 99]);
    expect(of(99, 100)).toEqual([62, 99]);
    expect(of(99, -1)).toEqual([62, 99]);
  });

  it('takes the first of equals', () => {
    expect([...candidateClasses(Float32Array.of(1, 2, 2, 1), Int32Array.of(3), 4).classes]).toEqual([1, 2, 0, 3]);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FeaturePool } from './open-score';
import { OPEN_SCORES, type OpenScoreName } from './open-scores';

/** What numpy, scipy and scikit-learn say, written by tools/goldens/open_scores.py. */
interface Golden {
  readonly classCount: number;
  readonly dim: number;
  readonly features: readonly number[];
  readonly logits: readonly number[];
  readonly labels: readonly number[];
  readonly scores: Readonly<Record<OpenScoreName, readonly number[]>>;
}

const golden = JSON.parse(readFileSync(join(__dirname, 'open-scores-golden.json'), 'utf8')) as Golden;
const NAMES = Object.keys(OPEN_SCORES) as OpenScoreName[];

const pool: FeaturePool = {
  logits: Float32Array.from(golden.logits),
  labels: Int32Array.from(golden.labels),
  classCount: golden.classCount,
  features: { values: Float32Array.from(golden.features), dim: golden.dim },
  seed: 1,
};

/** Those that find the classifier again, from logits in single precision. */
const FITTED: readonly OpenScoreName[] = ['react', 'vim'];

describe('OPEN_SCORES', () => {
  it.each(NAMES)('%s agrees with numpy, scipy and scikit-learn', (name) => {
    const score = OPEN_SCORES[name].fit(pool);
    const digits = FITTED.includes(name) ? 4 : 6;
    golden.scores[name].forEach((expected, image) => expect(score(image)).toBeCloseTo(expected, digits));
  });

  it.each(NAMES)('%s carries its name', (name) => {
    expect(OPEN_SCORES[name].name).toBe(name);
  });

  it.each(NAMES)('%s gives numbers for one image, for alike images, and for a feature that never varies', (name) => {
    const pools = [
      { logits: Float32Array.of(1, 0), labels: Int32Array.of(0), values: Float32Array.of(1, 2) },
      { logits: new Float32Array(8), labels: new Int32Array(4), values: new Float32Array(8) },
      {
        logits: Float32Array.of(3, 0, 0, 3, 2, 0, 0, 2),
        labels: Int32Array.of(0, 1, 0, 1),
        values: Float32Array.of(3, 1, 0, 1, 2, 1, 0.5, 1),
      },
      // No label is confirmed.
      { logits: Float32Array.of(3, 0, 0, 3), labels: Int32Array.of(1, 0), values: Float32Array.of(3, 0, 0, 3) },
    ];
    for (const { logits, labels, values } of pools) {
      const score = OPEN_SCORES[name].fit({ logits, labels, classCount: 2, features: { values, dim: 2 }, seed: 1 });
      labels.forEach((_, image) => expect(Number.isFinite(score(image))).toBe(true));
    }
  });

  it.each(NAMES.filter((name) => OPEN_SCORES[name].needsFeatures))('%s says that it needs features', (name) => {
    expect(() => OPEN_SCORES[name].fit({ ...pool, features: null })).toThrow(/needs the teacher's features/);
    const short = { values: pool.features.values.subarray(1), dim: golden.dim };
    expect(() => OPEN_SCORES[name].fit({ ...pool, features: short })).toThrow(/do not make \[48, 6\]/);
    const holed = pool.features.values.slice();
    holed[13] = NaN;
    expect(() => OPEN_SCORES[name].fit({ ...pool, features: { values: holed, dim: golden.dim } })).toThrow(
      /image 2 hold NaN/,
    );
  });

  it.each(NAMES.filter((name) => !OPEN_SCORES[name].needsFeatures))('%s needs no features', (name) => {
    expect(OPEN_SCORES[name].fit({ ...pool, features: null })(5)).toBe(OPEN_SCORES[name].fit(pool)(5));
  });

  it.each(NAMES)('%s refuses an empty pool and other sizes', (name) => {
    const empty = {
      logits: new Float32Array(0),
      labels: new Int32Array(0),
      features: { values: new Float32Array(0), dim: 6 },
    };
    expect(() => OPEN_SCORES[name].fit({ ...pool, ...empty })).toThrow(/empty pool/);
    expect(() => OPEN_SCORES[name].fit({ ...pool, classCount: 4 })).toThrow(/144 logits do not make \[48, 4\]/);
  });

  it('keeps telling confident images apart where their probability is next to 1', () => {
    const sure = {
      ...pool,
      logits: Float32Array.of(60, 0, 50, 0),
      labels: Int32Array.of(0, 0),
      classCount: 2,
      features: null,
    };
    const score = OPEN_SCORES.msp.fit(sure);
    expect(score(0)).toBeCloseTo(Math.exp(-60), 30);
    expect(score(1)).toBeGreaterThan(score(0));
  });
});

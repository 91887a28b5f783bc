import { identityConfig } from './open-student-run';
import type { StudentJob } from './student-job';

interface Asked {
  readonly method?: string;
  readonly head?: 'fitted' | 'random' | null;
  readonly digest?: string | null;
  readonly refine?: string;
}

/** As far as it is read. */
function configOf({ method = 'ce', head = null, digest = null, refine }: Asked) {
  const settings = refine === undefined ? {} : { settings: { [method]: { refine } } };
  const job = {
    project: { config: { classes: [{ name: 'a' }], student: { model: 'resnet8' }, train: { method, ...settings } } },
    pool: { images: { count: 500, store: { kind: 'memory' } } },
    teacher: method === 'ce' ? null : { frozen: { featureDim: 64, input: { size: 32 } } },
    ...{ input: {}, split: null, corrections: { digest }, test: null, engine: { name: 'wasm' } },
    start: head === null ? null : { weights: { sha256: 's' }, head },
    plan: { settings: { batch: 8, epochs: 2 } },
  };
  return identityConfig(job as unknown as StudentJob) as Readonly<Record<string, unknown>>;
}

describe('identityConfig', () => {
  it('marks a classifier that is fitted to decided labels, and no other', () => {
    const start = { sha256: 's', head: 'fitted' };
    expect(configOf({ head: 'fitted', digest: 'd' })).toMatchObject({
      decisions: 'd',
      start: { ...start, labels: 'decided' },
    });
    expect(configOf({ head: 'fitted' })['start']).toEqual(start);
    expect(configOf({ head: 'random', digest: 'd' })['start']).toEqual({ ...start, head: 'random' });
    // Its classifier is fitted to the teacher's logits.
    expect(configOf({ method: 'kd', head: 'fitted', digest: 'd' })['start']).toEqual(start);
    expect(configOf({ digest: 'd' })).not.toHaveProperty('start');
  });

  it('marks a run whose teacher is refined, and no other', () => {
    expect(configOf({ method: 'winnow', refine: 'head' })).toMatchObject({ refinement: 3 });
    expect(configOf({ method: 'winnow', refine: 'none' })).not.toHaveProperty('refinement');
    expect(configOf({ method: 'winnow' })).not.toHaveProperty('refinement');
    expect(configOf({ method: 'winnow-1' })).not.toHaveProperty('refinement');
  });
});

import { METHOD_NAMES } from '@winnow/contracts';
import { trainingPlan } from './training-plan';
import type { PlannedTrain, TrainingFacts } from './training-plan';

const plan = (train: Partial<PlannedTrain>, facts: Partial<TrainingFacts> & { readonly count: number }) =>
  trainingPlan(
    { method: 'kd', accumulate: 1, ...train },
    { model: 'resnet8', isPretrained: false, pool: { count: facts.count, kinds: null }, ...facts },
  );

/** Every random start of a large pool, as before there was a plan. */
const USUAL = {
  epochs: 30,
  batch: 128,
  optimizer: 'sgd',
  learningRate: 0.1,
  weightDecay: 5e-4,
  decayNorms: true,
  headRate: 1,
  layerDecay: 1,
  batchNorm: 'train',
  ema: 0,
  startShare: 0,
};

describe('trainingPlan', () => {
  it.each(METHOD_NAMES)('trains %s from random weights as before where there are images enough', (method) => {
    const usual = { ...USUAL, optimizer: method === 'winnow' ? 'muon' : 'sgd' };
    expect(plan({ method }, { count: 26_666 }).settings).toMatchObject(usual);
    expect(plan({ method }, { count: 2500 }).settings).toMatchObject(usual);
  });

  it('takes the optimiser of a method where nothing speaks against it', () => {
    const by = (facts: Partial<TrainingFacts>) => {
      const { settings, decidedBy } = plan({ method: 'winnow' }, { count: 26_666, ...facts });
      return [settings.optimizer, decidedBy.optimizer];
    };
    expect(by({})).toEqual(['muon', 'method']);
    expect(by({ model: 'wrn-16-2' })).toEqual(['sgd', 'architecture']);
    expect(by({ model: 'mobilenetv2-cifar' })).toEqual(['sgd', 'architecture']);
    expect(by({ model: 'vit-tiny' })).toEqual(['adamw', 'architecture']);
    expect(by({ model: 'resnet20', startsAsTeacher: true })).toEqual(['sgd', 'start']);
    const fixed = { method: 'winnow', batchNorm: 'frozen' } as const;
    expect(plan(fixed, { count: 26_666 }).settings.optimizer).toBe('sgd');
    expect(by({ isPretrained: true })).toEqual(['adamw', 'start']);
    expect(plan({ method: 'winnow', optimizer: 'sgd' }, { count: 26_666 }).decidedBy.optimizer).toBe('project');
  });

  it("keeps the method's own recipe, and what the project says", () => {
    expect(plan({ method: 'winnow' }, { count: 5000 }).settings).toMatchObject({ nesterov: true, warmUp: 0.05 });
    expect(plan({ method: 'modul' }, { count: 5000 }).settings.schedule).toBe('steps');
    const asked = { epochs: 3, batch: 16, learningRate: 0.3, optimizer: 'adamw', ema: 0.5, schedule: 'steps' } as const;
    const { settings, decidedBy } = plan(asked, { count: 5000 });
    expect(settings).toMatchObject(asked);
    expect(decidedBy).toMatchObject({ epochs: 'project', ema: 'project', schedule: 'project', nesterov: 'method' });
  });

  it('takes smaller batches, their rate and more epochs of a small pool with a random start', () => {
    const { settings, decidedBy, steps, stepsPerEpoch } = plan({}, { count: 300 });
    expect(settings).toMatchObject({ batch: 32, epochs: 60, learningRate: 0.025 });
    expect(decidedBy).toMatchObject({ batch: 'pool', epochs: 'pool', learningRate: 'pool', optimizer: 'default' });
    expect({ steps, stepsPerEpoch }).toEqual({ steps: 540, stepsPerEpoch: 9 });
    expect(plan({ learningRate: 0.2 }, { count: 300 }).settings.learningRate).toBe(0.2);
    // A batch that a person chose keeps the usual rate.
    expect(plan({ batch: 32 }, { count: 300 }).settings).toMatchObject({ learningRate: 0.1, epochs: 60 });
  });

  it('fine-tunes a pretrained student, in some hundred updates and no more than twenty epochs', () => {
    const few = plan({ method: 'winnow' }, { count: 270, isPretrained: true, model: 'mobilenetv1-025' });
    expect(few.settings).toMatchObject({ optimizer: 'adamw', batch: 32, epochs: 20, decayNorms: false, warmUp: 0.1 });
    expect(few.steps).toBe(16 * 20);
    const many = plan({}, { count: 2500, isPretrained: true });
    expect(many.settings).toMatchObject({ batch: 64, epochs: 10, learningRate: 3e-4, ema: 0.99 });
    expect(many.settings).toMatchObject({ batchNorm: 'fixed-statistics', startShare: 0.5 });
    const moving = plan({ batchNorm: 'train' }, { count: 2500, isPretrained: true });
    expect(moving.settings.startShare).toBe(0);
    // What began at random is not to be kept.
    expect(plan({ method: 'simkd' }, { count: 2500, isPretrained: true }).settings.startShare).toBe(0);
    expect(plan({}, { count: 2500, isPretrained: true, hasRandomHead: true }).settings.startShare).toBe(0);
    expect(many.decidedBy).toMatchObject({ optimizer: 'start', batch: 'start', ema: 'start', headRate: 'default' });
    // Muon has SGD's rate and decay.
    expect(plan({ optimizer: 'muon' }, { count: 26_666 }).settings).toMatchObject({ ...USUAL, optimizer: 'muon' });
    const sgd = plan({ optimizer: 'sgd' }, { count: 2500, isPretrained: true });
    expect(sgd.settings).toMatchObject({ learningRate: 0.01, weightDecay: 5e-4 });
  });

  it('keeps near to its teacher what begins as it', () => {
    const facts = { count: 26_666, model: 'resnet20', startsAsTeacher: true };
    const { settings, decidedBy } = plan({ method: 'winnow' }, facts);
    expect([settings.learningRate, decidedBy.learningRate]).toEqual([0.02, 'start']);
    expect(plan({ method: 'winnow', learningRate: 0.1 }, facts).settings.learningRate).toBe(0.1);
    // Weights that are named come before the teacher's.
    expect(plan({ method: 'winnow' }, { ...facts, isPretrained: true }).settings.learningRate).toBe(3e-4);
  });

  it('does not train transformers by SGD', () => {
    const random = plan({}, { count: 26_666, model: 'vit-tiny' });
    expect(random.settings).toMatchObject({ optimizer: 'adamw', weightDecay: 0.05, ema: 0, layerDecay: 1 });
    expect(random.decidedBy.optimizer).toBe('architecture');
    const pretrained = plan({}, { count: 26_666, model: 'convnext-atto', isPretrained: true });
    expect(pretrained.settings).toMatchObject({ learningRate: 5e-4, layerDecay: 0.75 });
  });

  it('chooses batches that can be drawn in equal parts', () => {
    const train = { method: 'winnow', accumulate: 3, settings: { winnow: { views: 4 } } } as const;
    expect(plan(train, { count: 5000 }).settings.batch).toBe(132);
  });

  it('draws three views where steps are by Muon, and the batch holds them in equal parts', () => {
    const train = { method: 'winnow', batch: 60 } as const;
    const steps = (more: Partial<PlannedTrain>, facts: Partial<TrainingFacts> = {}) =>
      plan({ ...train, ...more }, { count: 600, ...facts }).stepsPerEpoch;
    expect(steps({})).toBe(30);
    expect(steps({ optimizer: 'sgd' })).toBe(20);
    expect(steps({}, { isPretrained: true })).toBe(20);
    expect(steps({}, { model: 'wrn-16-2' })).toBe(20);
    expect(steps({ settings: { winnow: { views: 1 } } })).toBe(10);
    expect(steps({ accumulate: 20 })).toBe(30);
    // Of 16 parts three views of an image make 48 or 96: two make 128.
    expect(steps({ batch: 128, accumulate: 16 })).toBe(9);
  });

  it('keeps a batch of which parts of whole images lose little', () => {
    const batchOf = (accumulate: number) => plan({ method: 'winnow', accumulate }, { count: 26_666 }).settings.batch;
    expect([1, 2, 4, 8, 16, 64].map(batchOf)).toEqual([128, 128, 128, 128, 128, 128]);
    expect([3, 5, 7].map(batchOf)).toEqual([135, 135, 147]);
  });

  it('counts what a method draws', () => {
    const kinds = { clean: 600, closed: 200, open: 4200 };
    const pool = { count: 5000, kinds };
    expect(plan({ method: 'kd-known', batch: 100 }, { count: 5000, pool }).stepsPerEpoch).toBe(8);
    expect(plan({ method: 'modul', batch: 100 }, { count: 5000, pool }).stepsPerEpoch).toBe(6);
    expect(plan({ method: 'winnow', batch: 100 }, { count: 5000, pool }).stepsPerEpoch).toBe(151);
  });
});

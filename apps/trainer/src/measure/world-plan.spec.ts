import { courseOfWorld } from './world-plan';
import type { WorldRequest } from './world-plan';

describe('courseOfWorld', () => {
  it('is what checkpoints have held ever since, to the byte', () => {
    const bench: WorldRequest = {
      source: '/worlds/web7',
      method: 'winnow',
      seed: 3,
      epochs: undefined,
      batch: 64,
      student: undefined,
      studentWeights: 'student.safetensors',
      head: 'fitted',
      split: undefined,
      schedule: 'cosine',
      oracle: false,
      review: undefined,
      settings: { refine: 'auto' },
      train: { learningRate: 0.02 },
      holdOut: true,
      checkpoint: '/tmp/checkpoints',
    };
    expect(JSON.stringify(courseOfWorld(bench, { epochs: 20, batch: 64 }))).toBe(
      '{"method":"winnow","seed":3,"epochs":20,"batch":64,"schedule":"cosine","oracle":false,' +
        '"settings":{"refine":"auto"},"train":{"learningRate":0.02},"holdOut":true}',
    );
  });
});

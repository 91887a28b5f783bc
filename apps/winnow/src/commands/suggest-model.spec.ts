import { describeSuggestion, suggestModel } from './suggest-model';
import type { OfferedModel } from './suggest-model';

const offer = (
  name: string,
  ownSize: number,
  {
    parameters,
    multiplyAdds,
    top1,
    millis,
  }: Record<'parameters' | 'multiplyAdds', number> & {
    readonly top1?: number;
    readonly millis?: number;
  },
): OfferedModel => ({
  ...{ name, size: ownSize, ownSize, parameters, multiplyAdds },
  origin: top1 === undefined ? null : { pretrained: `timm: ${name}`, imageNetTop1: top1 },
  millis: millis === undefined ? null : { batch1: millis },
});
const OFFERED = [
  offer('tiny', 32, { parameters: 8e4, multiplyAdds: 1e7 }),
  offer('small', 32, { parameters: 3e5, multiplyAdds: 4e7 }),
  offer('slow', 224, { parameters: 1e6, multiplyAdds: 3e8, top1: 70, millis: 30 }),
  offer('quick', 224, { parameters: 2e6, multiplyAdds: 1e8, top1: 65, millis: 9 }),
  offer('plain', 224, { parameters: 5e5, multiplyAdds: 9e8, millis: 40 }),
];
const suggest = (size: number, budget: Parameters<typeof suggestModel>[1]['budget']) =>
  suggestModel(OFFERED, { size, budget });
const named = (size: number, budget: Parameters<typeof suggest>[1]): string[] => {
  const { model, runnersUp } = suggest(size, budget);
  return [model, ...runnersUp].map(({ name }) => name);
};

describe('suggestModel', () => {
  it('takes what published weights promise most, else what computes most, among those for such images', () => {
    expect(named(224, { parameters: 3e6 })).toEqual(['slow', 'quick', 'plain']);
    expect(named(256, { parameters: 6e5 })).toEqual(['plain']);
    expect(named(224, { millis: 10 })).toEqual(['quick']);
    expect(named(224, { bytes: 4e6 })).toEqual(['slow', 'plain']);
    expect(named(224, { parameters: 3e6, multiplyAdds: 1e8 })).toEqual(['quick']);
    expect(named(32, { parameters: 1e6 })).toEqual(['small', 'tiny']);
    expect(named(32, { parameters: 1e5 })).toEqual(['tiny']);
  });

  it('says why, where weights come from and what came next', () => {
    expect(describeSuggestion(suggest(224, { millis: 35 }))).toEqual([
      'Student: slow, 1 million parameters (4 million bytes), 300 million multiply-adds at 224 px, 30.0 ms an image: of those within the budget its published weights do best on ImageNet (70 %).',
      'Pretrained weights, for student.weights: timm: slow. Without them it begins at random.',
      'Next: quick, 2 million parameters (8 million bytes), 100 million multiply-adds at 224 px, 9.00 ms an image.',
    ]);
  });

  it('names the nearest where none fits', () => {
    const refusal = {
      code: 'USAGE',
      where: '--max-parameters',
      next: expect.stringContaining('plain, takes 500 thousand'),
    };
    expect(() => suggest(224, { parameters: 1000, millis: 100 })).toThrow(expect.objectContaining(refusal));
    const together = { code: 'USAGE', next: expect.stringContaining('not all at once') };
    expect(() => suggest(224, { parameters: 5e5, millis: 10 })).toThrow(expect.objectContaining(together));
  });
});

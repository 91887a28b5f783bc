import { cardCleaning, hasOtherLabels } from './card-cleaning';

const split = { id: 's1', method: 'winnow', build: 'b1' };

describe('cardCleaning', () => {
  it('says which labels, which images and by which split', () => {
    const config = { build: { where: 'kind in (clean, closed)', labels: 'refined' }, split };
    expect(cardCleaning(config, 12)).toEqual([
      '- only images for which this holds: kind in (clean, closed)',
      '- labels: refined; 12 are not those under which images were collected (`givenClass`)',
      '- cleaned by the split s1 (winnow) of the data set b1',
    ]);
    expect(hasOtherLabels(config)).toBe(true);
  });

  it('keeps an expression from becoming markup', () => {
    const where = "kind = clean and class != 'a`<img src=x>` | **b**'";
    expect(cardCleaning({ build: { where }, split }, 0)[0]).toBe(
      "- only images for which this holds: kind = clean and class != 'a\\`\\<img src=x\\>\\` \\| \\*\\*b\\*\\*'",
    );
  });

  it.each([[{}], [null], [{ build: { where: 'width >= 128' } }]])(
    'says nothing of any other data set: %j',
    (config) => {
      expect(cardCleaning(config, 0)).toEqual([]);
      expect(hasOtherLabels(config)).toBe(false);
    },
  );
});

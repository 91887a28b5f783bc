import { confusionMatrix, confusionRecord } from './measure-student';

describe('confusionRecord', () => {
  it('counts true classes by row, and lists mistakes by number, then by class', () => {
    const record = confusionRecord([0, 1, 1, 2, 0, 1], [0, 0, 0, 2, 2, 1], ['a', 'b', 'c']);
    expect(record).toEqual({
      classes: ['a', 'b', 'c'],
      counts: [
        [1, 2, 0],
        [0, 1, 0],
        [1, 0, 1],
      ],
      pairs: [
        { trueClass: 'a', predictedClass: 'b', count: 2, of: 3 },
        { trueClass: 'c', predictedClass: 'a', count: 1, of: 2 },
      ],
    });
  });

  it('keeps the pairs only where there are many classes', () => {
    const classes = Array.from({ length: 30 }, (_, index) => `class ${index}`);
    const labels = classes.map((_, index) => index);
    const record = confusionRecord(
      labels.map((label) => (label + 1) % 30),
      labels,
      classes,
    );
    expect([record.counts, record.classes, record.pairs.length]).toEqual([null, [], 20]);
    expect(record.pairs[0]).toEqual({ trueClass: 'class 0', predictedClass: 'class 1', count: 1, of: 1 });
  });
});

describe('confusionMatrix', () => {
  it('has a row for a class without images', () => {
    expect(confusionMatrix([1], [1], 2)).toEqual([
      [0, 0],
      [0, 1],
    ]);
  });
});

import { classColumns } from './frozen-network';
import { classSynonyms, describeSynonyms } from './class-synonyms';

const THEIRS = [
  'gas pump, gasoline pump, petrol pump, island dispenser',
  'English springer, English springer spaniel',
  'crane',
  'crane',
  'golf ball',
  'dog',
  'Crane Fly',
  'crane_fly, daddy longlegs',
];

describe('names of classes', () => {
  it('that fit one output of the teacher but for case, hyphens or commas are taken', () => {
    const ours = ['gas-pump', 'english_springer', 'golf ball', 'island  Dispenser', 'Daddy-Longlegs'];
    expect(classSynonyms(THEIRS, ours, {})).toEqual({
      'gas-pump': THEIRS[0],
      english_springer: THEIRS[1],
      'island  Dispenser': THEIRS[0],
      'Daddy-Longlegs': THEIRS[7],
    });
    expect(classColumns(THEIRS, ['golf ball', 'gas-pump', 'english_springer'])).toEqual([4, 0, 1]);
  });

  it('that fit several, none, or one only nearly are not', () => {
    expect(classSynonyms(THEIRS, ['Crane', 'crane-fly', 'dogs', 'pump', '__proto__', '', '#2'], {})).toEqual({});
    expect(() => classColumns(THEIRS, ['crane-fly'])).toThrow(
      expect.objectContaining({
        next: expect.stringContaining('crane-fly: "Crane Fly" or "crane_fly, daddy longlegs"'),
      }),
    );
    expect(() => classColumns(THEIRS, ['gas-pump', 'petrol pump'])).toThrow(/the same output/);
  });

  it('that a person gave win', () => {
    expect(classSynonyms(THEIRS, ['gas-pump'], { 'gas-pump': 'dog' })).toEqual({});
    expect(classColumns(THEIRS, ['gas-pump'], { 'gas-pump': 'dog' })).toEqual([5]);
  });

  it('are said', () => {
    expect(describeSynonyms({})).toBeNull();
    expect(describeSynonyms({ 'gas-pump': 'gas pump' })).toContain('gas-pump is "gas pump".');
    const many = Object.fromEntries(Array.from({ length: 22 }, (_, index) => [`c-${index}`, `c ${index}`]));
    expect(describeSynonyms(many)).toMatch(/c-19 is "c 19"; and 2 more\./);
  });
});

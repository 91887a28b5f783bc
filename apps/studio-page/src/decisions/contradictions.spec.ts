import { contradictions } from './contradictions';

const own = (says: string) => ({ says, batch: 'b', storedAt: 1 });
const line = (person: string, sha256: string | null, says: string, otherSha256: string | null = null) => {
  return { person, sha256, says, otherSha256 };
};

describe('what others say of images that were decided here', () => {
  it('is told by person, where it contradicts', () => {
    const decided = new Map([
      ['a', own('open')],
      ['b', own('class:cat')],
      ['c', own('unsure')],
    ]);
    const lines = [
      ...[line('Ben', 'a', 'class:cat'), line('Ben', 'b', 'open'), line('Ben', 'd', 'open')],
      ...[
        line('Cleo', 'a', 'open'),
        line('Cleo', 'b', 'unsure'),
        line('Cleo', 'c', 'open'),
        line('Cleo', null, 'undo'),
      ],
      ...[line('Anna', 'a', 'class:cat'), line('Dora', 'a', 'same', 'b'), line('Eve', 'b', 'class:dog')],
    ];
    expect(contradictions(lines, 'Anna', decided)).toEqual([
      'Ben decided otherwise of 2 images that you decided: disputed, until an owner settles it.',
      'Eve decided otherwise of an image that you decided: disputed, until an owner settles it.',
    ]);
  });
});

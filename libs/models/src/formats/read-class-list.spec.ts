import { readClassList } from './read-class-list';

describe('readClassList', () => {
  it.each([
    [
      ['cat', 'dog'],
      ['cat', 'dog'],
    ],
    ['["cat", "dog, wet"]', ['cat', 'dog, wet']],
    [' ["cat"]', ['cat']],
    ['cat,dog', ['cat', 'dog']],
    ['cat', ['cat']],
    [' cat , big dog ', ['cat', 'big dog']],
    ['["cat ", "\\tbig dog"]', ['cat', 'big dog']],
    [
      ['cat ', 'cat'],
      ['cat', 'cat'],
    ],
  ])('reads %j', (value, names) => expect(readClassList(value)).toEqual(names));

  it.each(['', ' ', 'cat,,dog', 'cat, ', '[', '[]', '[1]', '["cat", " "]', 7, null, undefined, {}, [], ['cat', '']])(
    'gives null for %j',
    (value) => expect(readClassList(value)).toBeNull(),
  );
});

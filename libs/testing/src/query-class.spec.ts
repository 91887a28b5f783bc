import { queryClass } from './query-class';

const classes = ['t-shirt', 'dress', 'ankle boot', 'boot'];

describe('queryClass', () => {
  it.each([
    ['t-shirt', 't-shirt'],
    ['T shirts', 't-shirt'],
    ['filetype:bitmap dress', 'dress'],
    ['summer dresses', 'dress'],
    ['leather ankle boots', 'ankle boot'],
    ['boots', 'boot'],
    ['ankle', undefined],
    ['', undefined],
  ])('takes %j for %j', (query, expected) => {
    expect(queryClass(query, classes)).toBe(expected);
  });
});

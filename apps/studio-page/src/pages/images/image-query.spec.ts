import { readValues } from '../../address/codec';
import { LIST_FILTERS } from './image-query';

it.each([
  ['x', ['closed']],
  ['c,o', ['clean', 'open']],
  ['!x,open', ['!closed', 'open']],
  ['none,closed', ['none', 'closed']],
  ['cox', ['cox']],
])('kind=%s is read as the server reads it', (kind, expected) => {
  expect(readValues(LIST_FILTERS, { kind }).values.kind).toEqual(expected);
});

import type { StudioProject } from '@winnow/contracts';
import { shownFrame } from './project';

const split = (id: string, buildId: string) => ({ id, buildId });
const project = (splits: readonly ReturnType<typeof split>[]) =>
  ({ builds: [{ id: 'build-b' }, { id: 'build-a' }], splits }) as unknown as StudioProject;

it('asks for the newest by its ids, so that what is kept of one split is never taken for that of the next', () => {
  const before = project([split('split-1', 'build-b')]);
  const after = project([split('split-2', 'build-b'), split('split-1', 'build-b')]);
  expect(shownFrame(before, {})).toEqual({ b: 'build-b', s: 'split-1' });
  expect(shownFrame(after, {})).toEqual({ b: 'build-b', s: 'split-2' });
  expect(shownFrame(after, { b: 'build-b', s: 'split-1' })).toEqual(shownFrame(before, {}));
});

it('leaves out what is not there, and leaves what an address names in vain to the server', () => {
  expect(shownFrame(project([]), {})).toEqual({ b: 'build-b' });
  expect(shownFrame(project([split('split-1', 'build-b')]), { s: 'none' })).toEqual({ b: 'build-b', s: 'none' });
});

import { queryClient } from './project';
import { refreshAfter } from './refresh';
import { onTopic } from './topics';

const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
const heard: string[] = [];

beforeAll(() => {
  jest.useFakeTimers();
  Object.assign(globalThis, { document: page });
  onTopic('decisions', () => heard.push('decisions'));
  onTopic('runs', () => heard.push('runs'));
});
beforeEach(() => {
  heard.length = 0;
  for (const key of [['project'], ['project', 'look'], ['decisions', 'facets'], ['runs']])
    queryClient.setQueryData(key, 1);
});
afterAll(() => {
  jest.useRealTimers();
  queryClient.clear();
  Reflect.deleteProperty(globalThis, 'document');
});

const isStale = (...key: string[]): boolean | undefined => queryClient.getQueryState(key)?.isInvalidated;

it('reads once what several messages are about, of the project itself only what it says of itself', () => {
  for (const topic of ['decisions', 'runs', 'decisions'] as const) refreshAfter({ topic });
  jest.runAllTimers();
  expect(heard).toEqual(['decisions', 'runs']);
  expect([isStale('decisions', 'facets'), isStale('runs'), isStale('project')]).toEqual([true, true, true]);
  expect(isStale('project', 'look')).toBe(false);
});

it('reads everything after a gap', () => {
  refreshAfter({ topic: 'gap' });
  jest.runAllTimers();
  expect(heard).toEqual(['decisions', 'runs']);
  expect([isStale('project', 'look'), isStale('runs')]).toEqual([true, true]);
});

it('reads nothing in a tab that nobody sees, and all of it once somebody does', () => {
  page.visibilityState = 'hidden';
  for (let message = 0; message < 3; message += 1) {
    refreshAfter({ topic: 'decisions' });
    jest.runAllTimers();
  }
  expect([heard, isStale('project')]).toEqual([[], false]);
  page.visibilityState = 'visible';
  page.dispatchEvent(new Event('visibilitychange'));
  jest.runAllTimers();
  expect([heard, isStale('project')]).toEqual([['decisions'], true]);
});

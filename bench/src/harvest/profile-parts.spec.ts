import { profileParts } from './profile-parts';

const frame = (functionName: string, url = '') => ({ functionName, url });

describe('profileParts', () => {
  it('counts what has no place of its own for the nearest caller that has one', () => {
    const nodes = [
      { id: 1, callFrame: frame('(root)'), children: [2, 5, 6, 9] },
      { id: 2, callFrame: frame('handle', 'file:///clone/apps/crawler/src/fetching/fetch-images.ts'), children: [3] },
      { id: 3, callFrame: frame('execute', '/clone/node_modules/drizzle-orm/pg-core/db.js'), children: [4] },
      { id: 4, callFrame: frame('emit', 'node:events') },
      { id: 5, callFrame: frame('(idle)') },
      { id: 6, callFrame: frame('put', '/clone/libs/files/src/durable-write.ts'), children: [7, 8] },
      { id: 7, callFrame: frame('fsync') },
      { id: 8, callFrame: frame('(garbage collector)') },
      { id: 9, callFrame: frame('runMicrotasks'), children: [10] },
      { id: 10, callFrame: frame('wasm-function[7]', 'wasm://wasm/0a1b') },
    ];
    const samples = [2, 3, 4, 5, 7, 8, 9, 10, 10];
    const timeDeltas = [1000, 2000, 3000, 90_000, 4000, 5000, 6000, 7000, 500];
    expect(profileParts({ nodes, samples, timeDeltas })).toEqual({
      crawl: 1,
      'statements and rows': 5,
      files: 4,
      'garbage collection': 5,
      'embedded database': 7.5,
      other: 6,
    });
  });
});

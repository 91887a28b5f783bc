import { onEngines } from './on-engines';

describe('onEngines', () => {
  it('skips the block of an engine that is not installed, and says what it needs', () => {
    const seen: string[] = [];
    const describeFake = Object.assign((name: string, define: () => void) => (seen.push(name), define()), {
      skip: (name: string) => void seen.push(`skip: ${name}`),
    });
    const outer = {
      describe: globalThis.describe,
      beforeAll: globalThis.beforeAll,
      cache: process.env['WINNOW_CACHE'],
    };
    const engines: string[] = [];
    try {
      Object.assign(globalThis, { describe: describeFake, beforeAll: () => undefined });
      process.env['WINNOW_CACHE'] = '/nowhere';
      onEngines((engine) => void engines.push(engine));
    } finally {
      Object.assign(globalThis, { describe: outer.describe, beforeAll: outer.beforeAll });
      if (outer.cache === undefined) delete process.env['WINNOW_CACHE'];
      else process.env['WINNOW_CACHE'] = outer.cache;
    }
    expect(seen).toEqual(['skip: on tensorflow (needs libtensorflow in the cache)', 'on wasm']);
    expect(engines).toEqual(['wasm']);
  });
});

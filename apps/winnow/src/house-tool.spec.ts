import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const TOOL = path.resolve(__dirname, '../../../tools/house');

/** Calls a function of a module of the tool with text by file, and what else it takes. */
function call(module: string, name: string, files: Record<string, string>, rest = 'new Map()'): unknown {
  const url = pathToFileURL(path.join(TOOL, module)).href;
  const script = `
    const { ${name} } = await import(${JSON.stringify(url)});
    console.log(JSON.stringify(${name}(new Map(Object.entries(${JSON.stringify(files)})), ${rest})));`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }));
}

describe('findCircles', () => {
  it('finds circles of types, of dynamic imports and of exports, each once, and nothing else', () => {
    const files = {
      'libs/a/src/index.ts': "export { one } from './one';\nexport { leaf } from './leaf';\n",
      'libs/a/src/one.ts': "import type { Two } from './two';\nexport const one = 1;\n",
      'libs/a/src/two.ts': "export const two = async () => import('./three');\n",
      'libs/a/src/three.ts': "export * from './one';\nimport { leaf } from './leaf';\n",
      'libs/a/src/leaf.ts': "import path from 'node:path';\nexport const leaf = path;\n// import './index'\n",
      'libs/a/src/self.ts': "import { self } from './self';\n",
      'apps/b/src/index.ts': "import { one } from '@winnow/a';\nimport './deep';\n",
      'apps/b/src/deep/index.ts': "import { two } from '@winnow/b';\n",
    };
    const packages = `new Map([['@winnow/a', 'libs/a/src/index.ts'], ['@winnow/b', 'apps/b/src/index.ts']])`;
    const found = call('import-circles.mjs', 'findCircles', files, packages) as string[][];
    expect(found.sort()).toEqual([
      ['apps/b/src/deep/index.ts', 'apps/b/src/index.ts'],
      ['libs/a/src/one.ts', 'libs/a/src/three.ts', 'libs/a/src/two.ts'],
      ['libs/a/src/self.ts'],
    ]);
  });

  it('tells two circles that one file imports both of from one', () => {
    const files = {
      'a.ts': "import './b';",
      'b.ts': "import './a';",
      'c.ts': "import './d';\nimport './a';",
      'd.ts': "import './c';\nimport './b';",
    };
    expect((call('import-circles.mjs', 'findCircles', files) as string[][]).sort()).toEqual([
      ['a.ts', 'b.ts'],
      ['c.ts', 'd.ts'],
    ]);
  });
});

describe('sizesOf', () => {
  it('counts what ships apart from what only specs use', () => {
    const lines = (count: number): string => 'line\n'.repeat(count);
    const many = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`many/${index}.ts`, lines(20)]));
    const files = {
      ...many,
      'few/short.ts': lines(14),
      'few/long.ts': lines(15),
      'few/long.spec.ts': lines(100),
      'few/spec-support/helper.ts': lines(10),
    };
    expect(call('project-sizes.mjs', 'sizesOf', files)).toEqual({
      ...{ lines: 21 * 20 + 14 + 15, files: 23, median: 20, p90: 20, specLines: 110 },
      ...{ smallFiles: ['few/short.ts'], largeFolders: ['many'] },
    });
  });
});

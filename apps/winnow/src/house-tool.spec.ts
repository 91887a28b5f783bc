import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const TOOL = path.resolve(__dirname, '../../../tools/house');

/** Calls a function of a module of the tool with text by file, and what else it takes. */
function call(module: string, name: string, files: Record<string, string>, rest = 'new Map()'): unknown {
  const url = pathToFileURL(path.join(TOOL, module)).href;
  const script = `
    const { ${name} } = await import(${JSON.stringify(url)});
    const { readImports } = await import(${JSON.stringify(pathToFileURL(path.join(TOOL, 'import-circles.mjs')).href)});
    const texts = new Map(Object.entries(${JSON.stringify(files)}));
    console.log(JSON.stringify(${name}(${name === 'sizesOf' ? 'texts' : 'readImports(texts)'}, ${rest})));`;
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

describe('findForbiddenImports', () => {
  it('finds what points upwards, sideways or out of a project, and what another one owns, and nothing else', () => {
    const tags = `new Map([
      ['libs/files', ['type:lib', 'layer:1', 'scope:shared']],
      ['libs/tensor', ['type:lib', 'layer:2', 'scope:learning']],
      ['libs/dedup', ['type:lib', 'layer:4', 'scope:data']],
      ['libs/shards', ['name:shards', 'type:lib', 'layer:5', 'scope:data']],
      ['libs/testing', ['type:testing', 'layer:6', 'scope:testing']],
      ['libs/training', ['type:lib', 'layer:6', 'scope:learning']],
      ['apps/crawler', ['type:app', 'layer:7', 'scope:data']],
      ['apps/winnow', ['type:app', 'layer:8', 'scope:app']],
      ['apps/new', ['type:app', 'scope:app']],
      ['bench', ['type:bench', 'layer:9', 'scope:bench']],
    ])`;
    const refused: readonly [file: string, text: string, found: string][] = [
      ['libs/files/src/a.ts', "import '@winnow/tensor';", '@winnow/tensor (tensor is in layer 2 and files in 1)'],
      ['libs/training/src/a.ts', "export * from '@winnow/testing';", '@winnow/testing (testing is in layer 6 and training in 6)'], // prettier-ignore
      [
        'libs/dedup/src/a.ts',
        "import type { T } from '@winnow/tensor';",
        '@winnow/tensor (tensor is no code for data)',
      ],
      ['libs/training/src/b.ts', "import '@winnow/dedup/x';", '@winnow/dedup/x (dedup is no code for learning)'],
      ['apps/crawler/src/a.ts', "import '@winnow/training';", '@winnow/training (training is no code for data)'],
      ['apps/winnow/src/a.ts', "import '@winnow/crawler';", '@winnow/crawler (crawler is not to be imported)'],
      ['apps/winnow/src/b.ts', "const t = () => import('@winnow/testing');", '@winnow/testing (testing is not to be imported)'], // prettier-ignore
      ['libs/files/src/b.ts', "import '@winnow/nowhere';", '@winnow/nowhere (no such project)'],
      ['libs/files/src/c.ts', "import '@winnow/files';", '@winnow/files (its own project, by a path)'],
      ['libs/files/src/d.ts', "import '../../files-more/a';", '../../files-more/a (a path out of the project)'],
      ['libs/files/src/e.ts', "import sharp = require('sharp');", 'sharp (only imaging imports it)'],
      ['libs/files/src/f.ts', "type S = import('sharp').Sharp;", 'sharp (only imaging imports it)'],
      ['libs/training/src/c.ts', "import '@tensorflow/tfjs';", '@tensorflow/tfjs (only tensor imports it)'],
      ['bench/src/a.ts', "import 'drizzle-orm/pglite';", 'drizzle-orm/pglite (only db imports it)'],
    ];
    const allowed = {
      'libs/training/src/d/e.ts': ['@winnow/shards', '@winnow/tensor', '../c', 'node:path', 'pgvector'],
      'libs/tensor/src/a.ts': ['@tensorflow/tfjs-core', '@winnow/files/native'],
      'bench/src/b.ts': ['sharp', 'playwright', '@winnow/testing', '@winnow/winnow'],
      'libs/files/src/g.spec.ts': ['@winnow/testing', 'sharp'],
      'libs/files/src/spec-support/h.ts': ['@winnow/testing', 'sharp'],
    };
    const files = {
      ...Object.fromEntries(refused.map(([file, text]) => [file, text])),
      ...Object.fromEntries(Object.entries(allowed).map(([file, names]) => [file, names.map((name) => `import '${name}';`).join('\n')])), // prettier-ignore
    };
    const found = call('boundaries.mjs', 'findForbiddenImports', files, tags);
    expect(found).toEqual(['apps/new: no tag says its layer', ...refused.map(([file, , what]) => `${file}: ${what}`)]);
  });
});

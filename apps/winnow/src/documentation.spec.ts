import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { format } from 'node:util';
import { transformSync } from '@swc/core';

const ROOT = path.resolve(__dirname, '../../..');
const projects = ['apps', 'libs'].flatMap((group) =>
  readdirSync(path.join(ROOT, group)).map((name) => `${group}/${name}`),
);
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const quoted = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? '');

const AsyncFunction = (async () => undefined).constructor as new (
  ...texts: string[]
) => (...values: unknown[]) => Promise<void>;

/** Runs an example as a module of its own. @returns the lines that it prints */
async function run(code: string, scratch: string): Promise<string[]> {
  const compiled = transformSync(code, {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
    isModule: true,
    swcrc: false,
  }).code;
  const lines: string[] = [];
  const log = (...values: unknown[]): void => void lines.push(format(...values));
  const requireModule: NodeJS.Require = require;
  const load = (name: string): unknown => (name === 'node:os' ? { ...os, tmpdir: () => scratch } : requireModule(name));
  await new AsyncFunction('require', 'exports', 'console', compiled)(load, {}, { log });
  return lines;
}

/** What an example says that it prints: behind a `console.log`, or in lines of their own below the first one. */
function promised(code: string): string[] {
  const after = code.slice(code.indexOf('console.log'));
  return [...after.matchAll(/^(?:.*console\.log\(.*\);|) *\/\/ (.*)$/gm)].map(([, text]) => text ?? '');
}

const libraries = projects.filter((project) => project.startsWith('libs/'));

describe('the README of each library', () => {
  let scratch: string;
  beforeAll(() => {
    scratch = mkdtempSync(path.join(os.tmpdir(), 'winnow-readme-'));
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it.each(libraries)('%s: its example imports the library and prints what it says', async (library) => {
    const examples = [...read(`${library}/README.md`).matchAll(/^```ts\n(import [^]*?)^```$/gm)].map(
      ([, code]) => code ?? '',
    );
    expect(examples).toHaveLength(1);
    const [code = ''] = examples;
    expect(code).toContain(`from '@winnow/${path.basename(library)}'`);
    expect(promised(code).length).toBeGreaterThan(0);
    expect(await run(code, scratch)).toEqual(promised(code));
  });
});

describe('what the documents name', () => {
  it.each(projects)('%s/README.md: files that are there', (project) => {
    const named = quoted(read(`${project}/README.md`)).filter((name) => /^(?:src|bin|native)\/[\w./-]+$/.test(name));
    expect(named.filter((name) => !existsSync(path.join(ROOT, project, name)))).toEqual([]);
    expect(named.length).toBeGreaterThan(0);
  });

  it('docs/architecture.md: files that are there, and functions that are in them', () => {
    const rows = read('docs/architecture.md')
      .split('\n')
      .filter((line) => /^\| `(?:apps|libs)\//.test(line))
      .map((line) => line.split('|').map(quoted));
    const wrong = rows.flatMap(([, files = [], functions = []]) => {
      const missing = files.filter((file) => !existsSync(path.join(ROOT, file)));
      const text = files
        .filter((file) => !missing.includes(file))
        .map(read)
        .join('\n');
      return [...missing, ...functions.filter((name) => !new RegExp(`\\b${name}\\b`).test(text))];
    });
    expect(wrong).toEqual([]);
    expect(rows.length).toBeGreaterThan(30);
  });
});

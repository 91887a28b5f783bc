import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { BENCHMARKS, commandNamed, scriptNamed } from './benchmarks';
import { main } from './main';

/** What `npm run bench -- LINE` prints. */
async function run(...line: readonly string[]) {
  let text = '';
  const write = (part: string): boolean => (text += part) !== '';
  const stream = { isTTY: false, write } as unknown as NodeJS.WriteStream;
  const process = { argv: ['node', 'bench', ...line], cwd: () => '/', env: {}, stdout: stream, stderr: stream };
  const exitCode = await main(process as unknown as NodeJS.Process);
  return { exitCode, text };
}

describe('npm run bench', () => {
  it('lists every benchmark in a line of its own where none is named', async () => {
    const { exitCode, text } = await run();
    expect(exitCode).toBe(0);
    const width = Math.max(...BENCHMARKS.map(({ name }) => name.length)) + 2;
    for (const { name, summary } of BENCHMARKS) expect(text).toContain(`\n  ${name.padEnd(width)}${summary}\n`);
  });

  it('refuses a name that it does not know', async () => {
    expect(await run('nonsense')).toMatchObject({ exitCode: 2, text: expect.stringContaining('unknown command') });
  });

  it('has each once, as a command or as a script that says at its head how it is used', () => {
    const names = BENCHMARKS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) {
      const file = scriptNamed(name);
      if (file === undefined) expect(commandNamed(name).run).toBeDefined();
      else expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`^[^]*?/\\*\\*\\n[^]*npm run bench -- ${name} `));
    }
  });

  it('has the modules that its Python scripts add to their path', () => {
    const scripts = readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.py'),
    );
    const added = scripts.flatMap((name) => {
      const [, folder] =
        /sys\.path\.insert\(0, .*"([^"]+)"\)\)/.exec(readFileSync(path.join(__dirname, name), 'utf8')) ?? [];
      return folder === undefined ? [] : [path.resolve(__dirname, path.dirname(name), folder)];
    });
    expect(added).toHaveLength(2);
    for (const folder of added) expect(existsSync(path.join(folder, 'twins.py'))).toBe(true);
  });
});

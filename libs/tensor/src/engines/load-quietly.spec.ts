import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { captureCommand } from '../install/compile-binding';
import { CAPTURE_NAME } from '../install/libtensorflow-release';
import { loadQuietly } from './load-quietly';
import { nodeHeaders, thisMachine } from '@winnow/files/native';

const hasCompiler = spawnSync('g++', ['--version']).status === 0;
const itCompiled = hasCompiler ? it : it.skip;

describe('loadQuietly', () => {
  it('just runs where the add-on is not there', () => {
    expect(loadQuietly('/nowhere/capture_stderr.node', () => 7)).toEqual({ result: 7, said: '' });
  });

  itCompiled('keeps what is written on the descriptor, and gives the terminal back (needs g++)', () => {
    const folder = mkdtempSync(join(tmpdir(), 'winnow-quiet-'));
    try {
      const compiling = spawnSync('g++', captureCommand(folder, nodeHeaders(thisMachine()) as string));
      expect([compiling.status, compiling.stderr.toString()]).toEqual([0, '']);
      const program = `
        const { writeSync } = require('node:fs');
        const capture = require(process.argv[1]);
        capture.begin();
        writeSync(2, 'inside ');
        const said = capture.end() + capture.end();
        writeSync(2, 'after');
        process.stdout.write(said);
      `;
      const { stdout, stderr } = spawnSync(process.execPath, ['-e', program, join(folder, CAPTURE_NAME)]);
      expect([stdout.toString(), stderr.toString()]).toEqual(['inside ', 'after']);

      const addOn = join(folder, CAPTURE_NAME);
      expect(loadQuietly(addOn, () => 7)).toEqual({ result: 7, said: '' });
      const fails = () => {
        throw new Error('no library');
      };
      expect(() => loadQuietly(addOn, fails)).toThrow('no library');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

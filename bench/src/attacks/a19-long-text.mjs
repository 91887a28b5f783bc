import { writeFileSync } from 'node:fs';
import path from 'node:path';

const lines = (count, line) => Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('');

/** Text of a person's own that took quadratic time: each is read, or refused in a line, within seconds. */
const CASES = [
  {
    of: 'a CSV of 200,000 columns',
    file: 'wide.csv',
    text: () => `${Array.from({ length: 200_000 }, (_, index) => `column${index}`).join(',')}\n`,
    args: ['import', 'p.yaml', 'wide.csv'],
  },
  {
    of: 'a project file of 60,000 keys',
    file: 'keys.yaml',
    text: () => lines(60_000, (index) => `key${index}: ${index}`),
    args: ['config', 'keys.yaml'],
  },
  {
    of: 'a project file of 20,000 anchors and aliases',
    file: 'aliases.yaml',
    text: () => lines(20_000, (index) => `a${index}: &a${index} x`) + lines(20_000, (index) => `b${index}: *a${index}`),
    args: ['config', 'aliases.yaml'],
  },
  {
    of: 'a list of 200,000 class names',
    file: 'names.txt',
    text: () => lines(200_000, (index) => `name ${index}`),
    args: ['init', 'names.txt'],
  },
];

export default {
  finding: 'A19',
  what: 'long text',
  async run({ folder, winnow }) {
    const rows = [];
    for (const { of, file, text, args } of CASES) {
      writeFileSync(path.join(folder, file), text());
      const measured = await winnow(args, { timeoutSeconds: 60 });
      const [outcome = ''] = measured.stderr.split('\n').filter((line) => line.startsWith('error: '));
      rows.push({ ...measured, of, outcome: measured.timedOut ? 'killed after 60 s' : outcome.slice(0, 100) });
    }
    return rows;
  },
};

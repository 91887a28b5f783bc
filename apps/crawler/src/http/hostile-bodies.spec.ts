import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { HOSTILE_BODIES } from '../spec-support/hostile-bodies';
import type { BodiesCost } from '../spec-support/measure-hostile-bodies';

const ROOT = path.join(__dirname, '../../../..');
/** That no external input may hold the event loop for longer: at rest under 200 ms, five times that on slow and shared processors. */
const MAX_STALL_MILLIS = 1000;
/** Four large bodies, two decoded ones, the free share of the others, and what is not collected yet. */
const MAX_GROWTH_BYTES = 350e6;

describe('hostile responses, many at once', () => {
  let costs: Readonly<Record<string, BodiesCost>>;

  beforeAll(async () => {
    // A process of its own: jest's collects the garbage of all specs before, which looks like a stall.
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        '-r',
        './apps/winnow/bin/register-typescript.js',
        path.join(__dirname, '../spec-support/measure-hostile-bodies.ts'),
      ],
      { cwd: ROOT, maxBuffer: 1_000_000 },
    );
    costs = JSON.parse(stdout) as typeof costs;
  }, 300_000);

  it.each(Object.entries(HOSTILE_BODIES))('%s cost little memory and hold nothing up', (kind, outcome) => {
    expect(costs[kind]?.outcomes).toEqual([outcome]);
    expect(costs[kind]?.stallMillis).toBeLessThan(MAX_STALL_MILLIS);
    expect(costs[kind]?.growthBytes).toBeLessThan(MAX_GROWTH_BYTES);
  });

  it('of all kinds together cost no more', () => {
    expect(costs['all kinds together']?.stallMillis).toBeLessThan(MAX_STALL_MILLIS);
    expect(costs['all kinds together']?.growthBytes).toBeLessThan(MAX_GROWTH_BYTES);
  });
});

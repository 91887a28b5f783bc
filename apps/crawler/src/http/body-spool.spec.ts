import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { BodySpool } from './body-spool';

const unnamed = (): readonly string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('winnow-body-'));

describe('BodySpool', () => {
  it('gives back what came, in pieces of any size, within memory or beyond', async () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(pieces, fc.integer({ min: 40, max: 200 }), async (list, memoryBytes) => {
        const spool = new BodySpool(memoryBytes);
        for (const piece of list) await spool.append(piece);
        const whole = Buffer.concat(list);
        expect(spool.length).toBe(whole.length);
        expect((await spool.take()).equals(whole)).toBe(true);
        expect(spool.length).toBe(0);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it('leaves no file, also where it is dropped while it writes', async () => {
    const before = unnamed();
    const spool = new BodySpool(10);
    const writing = spool.append(new Uint8Array(20));
    spool.drop();
    await writing;
    expect(spool.length).toBe(0);
    expect(unnamed()).toEqual(before);
  });
});

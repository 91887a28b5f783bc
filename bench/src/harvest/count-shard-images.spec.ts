import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { countShardImages } from './count-shard-images';

describe('countShardImages', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'winnow-count-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('counts the images of all tars, whoever wrote them', async () => {
    mkdirSync(path.join(folder, 'files'));
    mkdirSync(path.join(folder, 'below'));
    const names = ['1.jpg', '1.json', '2.jpg', '2.cls', '3.jpg.txt'];
    names.forEach((name, index) => writeFileSync(path.join(folder, 'files', name), Buffer.alloc(index * 300, 7)));
    const tar = (target: string, members: readonly string[]): void => {
      execFileSync('tar', [
        '--format=ustar',
        '-cf',
        path.join(folder, target),
        '-C',
        path.join(folder, 'files'),
        ...members,
      ]);
    };
    tar('a.tar', names);
    tar('below/b.tar', ['2.jpg']);
    writeFileSync(path.join(folder, 'below/list.jpg'), 'no tar');
    expect(await countShardImages(folder)).toBe(3);
  });
});

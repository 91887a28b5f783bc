import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sha256 } from '@winnow/models';
import { checkWeights, writeWeights } from './weights-file';

let folder: string;
const at = (name: string): string => path.join(folder, name);
const [sound, flipped] = [Buffer.from('weights'), Buffer.from('weighTs')];
const digest = sha256(sound);

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-weights-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('checkWeights', () => {
  it('knows the digest that was written beside a file, and asks for none where there is no such one', async () => {
    await writeWeights(at('teacher.safetensors'), sound);
    expect(readFileSync(at('teacher.safetensors.sha256'), 'utf8')).toBe(`${digest}  teacher.safetensors\n`);
    expect(await checkWeights(at('teacher.safetensors'), sound)).toBeUndefined();
    await expect(checkWeights(at('teacher.safetensors'), flipped)).rejects.toMatchObject({
      code: 'DATA_CORRUPT',
      where: at('teacher.safetensors'),
      next: expect.stringContaining('remove teacher.safetensors.sha256'),
    });
    await writeWeights(at('teacher.safetensors'), flipped);
    expect(await checkWeights(at('teacher.safetensors'), flipped)).toBeUndefined();
    expect(readdirSync(folder).sort()).toEqual(['teacher.safetensors', 'teacher.safetensors.sha256']);
    expect(await checkWeights(at('from-elsewhere.safetensors'), flipped)).toBeUndefined();
  });

  it('takes that of a run from its manifest, and remarks on runs of before', async () => {
    const student = at('student.safetensors');
    writeFileSync(at('manifest.json'), JSON.stringify({ identity: 'x', weights: { sha256: digest } }));
    expect(await checkWeights(student, sound)).toBeUndefined();
    await expect(checkWeights(student, flipped)).rejects.toMatchObject({ code: 'DATA_CORRUPT', where: student });
    writeFileSync(at('manifest.json'), JSON.stringify({ identity: 'x' }));
    expect(await checkWeights(student, flipped)).toMatch(/has no digest/);
    for (const other of ['{', 'null', '{"name":"a package"}']) {
      writeFileSync(at('manifest.json'), other);
      expect(await checkWeights(student, flipped)).toBeUndefined();
    }
  });

  it('takes that of an export from its list', async () => {
    mkdirSync(at('export'));
    const model = at('export/model.safetensors');
    const files = [{ name: 'model.safetensors', sizeBytes: 7, sha256: digest }];
    const input = { size: 32, range: [0, 1], mean: [0, 0, 0], std: [1, 1, 1] };
    const manifest = {
      ...{ format: 'winnow-export', version: 1, model: 'resnet8', classes: ['a'], weightsSha256: digest },
      exports: [{ format: 'safetensors', input, difference: 0, files }],
    };
    writeFileSync(at('export/export.json'), JSON.stringify(manifest));
    expect(await checkWeights(model, sound)).toBeUndefined();
    await expect(checkWeights(model, flipped)).rejects.toMatchObject({ next: 'Export the network again.' });
    const { exports } = manifest;
    for (const damaged of [null, { exports: [{}] }, { exports: [null] }, { exports }, { ...manifest, exports: 5 }]) {
      writeFileSync(at('export/export.json'), JSON.stringify(damaged));
      expect(await checkWeights(model, flipped)).toMatch(/export\.json beside the weights is damaged, .* not compared/);
    }
  });
});

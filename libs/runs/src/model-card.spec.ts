import { modelCard } from './model-card';
import { runFolderName } from './run-name';

describe('modelCard', () => {
  const data = {
    manifest: {
      identity: 'a'.repeat(64),
      project: 'fashion',
      method: 'modul',
      seed: 1,
      seeds: {},
      startedAt: '2026-11-24T05:12:00.000Z',
      versions: { winnow: '0.1.0', node: '20.20.2', engine: '4.22.0' },
      git: { commit: 'f'.repeat(40), dirty: true },
      buildDigest: 'b'.repeat(64),
      teacherDigest: null,
      engine: 'native',
      device: 'cpu',
      wallSeconds: 10,
      peakMemoryBytes: 2 ** 20,
    },
    summary: {
      method: 'modul',
      model: 'resnet8',
      seed: 1,
      epochs: 3,
      accuracy: 0.7512,
      agreement: null,
      teacherAccuracy: 0.9,
      perClassAccuracy: { 'a|b': 0.5 },
      imagesSeen: 300,
      seconds: 10,
      peakMemoryBytes: 2 ** 20,
      engine: 'native',
      notes: ['<script>'],
    },
    config: { epochs: 3 },
  };

  it('states results, limits and provenance', () => {
    const card = modelCard(data);
    expect(card).toContain('# fashion: resnet8 by modul, seed 1');
    expect(card).toContain('| Test accuracy | 75.12 % |');
    expect(card).toContain('| Agreement with the teacher | not measured |');
    expect(card).toContain(`${'f'.repeat(40)}, with changes`);
    expect(card).toContain('"epochs": 3');
  });

  it('escapes Markdown in names', () => {
    const card = modelCard(data);
    expect(card).toContain('| a\\|b | 50.00 % |');
    expect(card).toContain('- \\<script\\>');
  });
});

describe('runFolderName', () => {
  it('keeps to characters that every file system takes', () => {
    const name = { date: '2026-11-24T05:12:00Z', project: '../Möbel & co', method: 'kd', seed: 3 };
    expect(runFolderName(name)).toBe('2026-11-24-Mobel-co-kd-s3');
    expect(runFolderName({ ...name, project: '//' })).toBe('2026-11-24-unnamed-kd-s3');
  });
});

import { measuredLines } from './card-split';
import { modelCard } from './model-card';
import { runFolderName } from '../run/run-identity';

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

  it('says of which labels looks tell: those of a cleaned data set are not the collected ones', () => {
    const share = { share: 0.8, low: 0.75, high: 0.85 };
    const measured = { splitId: 's', isComplete: true, overall: share, labels: share, kinds: [] };
    expect(measuredLines(measured).join(' ')).toContain('The labels under which images were collected are right for');
    expect(measuredLines({ ...measured, isOfCleaned: true }).join(' ')).toContain(
      'The labels of this data set are right for',
    );
  });

  it('says of which split and time looks tell: whoever looks or splits again later makes other figures', () => {
    const overall = { share: 0.8, low: 0.75, high: 0.85 };
    const measured = { splitId: '0ab1', isComplete: true, overall, kinds: [] };
    const lines = measuredLines({ ...measured, lastLookAt: '2026-11-30T23:59:00.000Z' }).join(' ');
    expect(lines).toContain('until 2026-11-30, without being told what the split 0ab1 says');
    expect(measuredLines(measured).join(' ')).toContain('drawn at random, without being told what the split 0ab1 says');
  });

  it('states results, limits and provenance', () => {
    const card = modelCard(data);
    expect(card).toContain('# fashion: resnet8 by modul, seed 1');
    expect(card).toContain('| Test accuracy | 75.12 % |');
    expect(card).toContain('| Agreement with the teacher | not measured |');
    expect(card).toContain(`${'f'.repeat(40)}, with changes`);
    expect(card).toContain('"epochs": 3');
  });

  const kinds = (clean: number, closed: number, open: number) => ({ clean, closed, open });
  const full = {
    manifest: { ...data.manifest, attribution: '.winnow/builds/ab_1/ATTRIBUTION.tsv' },
    config: { classes: ['a|b', '```'] },
    summary: {
      ...data.summary,
      calibrationError: 0.04321,
      parameters: 78_042,
      projector: { parameters: 4160, secondsPerPicture: 0.00025 },
      confusion: {
        classes: ['a|b', 'c'],
        counts: [
          [3, 1],
          [0, 4],
        ],
        pairs: [{ trueClass: 'a|b', predictedClass: 'c', count: 1, of: 4 }],
      },
      split: {
        method: 'winnow',
        counts: kinds(60, 15, 25),
        conflicts: kinds(1, 2, 2),
        corrected: 3,
        measured: {
          splitId: 's',
          isComplete: false,
          overall: { share: 0.8, low: 0.75, high: 0.85 },
          kinds: [
            {
              kind: 'clean',
              looked: 40,
              precision: { share: 0.9, low: 0.8, high: 0.95 },
              recall: { share: 0.85, low: 0.7, high: 0.92 },
            },
            { kind: 'closed', looked: 0, precision: null, recall: null },
          ],
        },
        quality: {
          method: 'winnow',
          macroF1: 0.9,
          confusion: [
            [50, 5, 2],
            [6, 10, 3],
            [4, 0, 20],
          ],
          precision: kinds(0.8, 0.7, 0.6),
          recall: kinds(0.5, 0.4, 0.3),
          auroc: { clean: 0.95, closed: 0.85, open: null },
          fpr95Open: 0.2,
          refinedAccuracy: null,
        },
      },
    },
  } as const;

  it('tells of the split, its truth where known, calibration, confusion, the projector and licences', () => {
    const card = modelCard(full);
    for (const line of [
      '| Calibration error (ECE, 15 bins) | 0.0432 |',
      '| Parameters | 78042 |',
      '| Of these in the projector | 4160, 0.250 ms an image |',
      '| Split | winnow |',
      '| Called closed | 15 (15.00 %) |',
      '| Found under several classes | 5 (5.00 %): 1 clean, 2 closed, 2 open |',
      '| Corrected by a person | 3 (3.00 %) |',
      '| clean | 40 | 90.00 % (80.00 % to 95.00 %) | 85.00 % (70.00 % to 92.00 %) |',
      '| closed | 0 | - | - |',
      '| closed | 6 | 10 | 3 | 70.00 % | 40.00 % | 0.850 |',
      '| open | 4 | 0 | 20 | 60.00 % | 30.00 % | - |',
      '| true, predicted | a\\|b | c |',
      '| a\\|b | 3 | 1 |',
    ]) {
      expect(card.split('\n')).toContain(line);
    }
    expect(card).toContain(
      'right for 80.00 % (75.00 % to 85.00 %), with 95 % intervals. Not all planned looks are done',
    );
    expect(card).toContain('refined labels right not measured');
    expect(card).toContain('ab\\_1/ATTRIBUTION.tsv');
    // A class that looks like the end of the block does not end it.
    expect(card).toContain('````json');
  });

  it('names the most confused pairs where there are too many classes for a table', () => {
    const { confusion } = full.summary;
    const card = modelCard({ ...full, summary: { ...full.summary, confusion: { ...confusion, counts: null } } });
    expect(card).toContain('| a\\|b | c | 1 of 4 |');
    expect(card).not.toContain('### Confusion');
  });

  it('says where the training images are from, and nothing where that is not recorded', () => {
    const from = (imageEngines?: readonly string[]): string =>
      modelCard({ ...data, manifest: { ...data.manifest, ...(imageEngines === undefined ? {} : { imageEngines }) } });
    expect(from(['import'])).toContain('trained by winnow on imported images.');
    expect(from(['import'])).not.toMatch(/from the web|search engines/);
    expect(from(['commons', 'bing'])).toContain('on images that search engines listed (commons, bing).');
    expect(from(['bing', 'import'])).toMatch(/on imported images and images that search engines listed \(bing\)/);
    expect(from()).not.toMatch(/imported|from the web|search engines/);
  });

  it('says of a method that reads no split that it learned nothing from it', () => {
    const unread = 'The student (modul) did not learn from it';
    expect(modelCard({ ...full, summary: { ...full.summary, readsSplit: false } })).toContain(unread);
    expect(modelCard({ ...full, summary: { ...full.summary, readsSplit: true } })).not.toContain(unread);
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

import { deflateSync } from 'node:zlib';
import type { EpochMetrics, NoiseKind } from '@winnow/contracts';
import type { FunnelCounts, ReportData, ReportImage, RunReport } from '../report/report-data';

const CLASSES = [
  'sneaker',
  'sandal',
  'ankle boot',
  'handbag',
  'coat',
  'dress',
  'pullover',
  'shirt',
  'trouser',
  't-shirt',
];

const TOTAL = { hits: 6412, fetched: 5238, stored: 3907, unique: 3120, clean: 2034, closed: 468, open: 618 };

/** A report as of a real project, made up: for specs, and to look at while the page is designed. */
export function sampleReport(): ReportData {
  return {
    project: 'fashion',
    classes: CLASSES,
    date: '2026-11-24T05:12:00Z',
    engine: 'native, 2 cores',
    images: TOTAL.unique,
    harvest: sampleHarvest(),
    imports: null,
    duplicates: sampleDuplicates(),
    split: sampleSplit(),
    sheets: (['clean', 'closed', 'open'] as const).map((kind) => sheet(kind, TOTAL[kind])),
    teacher: { model: 'resnet20', parameters: 272_474, accuracy: 0.927 },
    runs: [
      ...[1, 2, 3].map((seed) => run('winnow', seed, 0.884)),
      ...[1, 2, 3].map((seed) => run('modul', seed, 0.861)),
      ...[1, 2, 3].map((seed) => run('kd', seed, 0.852)),
      run('ce', 1, 0.779),
    ],
    reproduce: {
      commands: [
        'winnow crawl fashion.yaml',
        'winnow build fashion.yaml',
        'winnow split fashion.yaml',
        'winnow train fashion.yaml --seed 1',
        'winnow report fashion.yaml',
      ],
      digests: { build: '8d1f'.repeat(16), teacher: '40ac'.repeat(16), configuration: 'e97b'.repeat(16) },
      versions: { winnow: '0.1.0', node: '20.20.2', engine: 'tfjs 4.22.0', git: 'f00d'.repeat(10) },
    },
  };
}

function sampleHarvest(): NonNullable<ReportData['harvest']> {
  return {
    total: TOTAL,
    outcomes: {
      stored: 3120,
      duplicate_url: 611,
      duplicate_bytes: 402,
      duplicate_pixels: 58,
      duplicate_near: 327,
      leak: 4,
      not_an_image: 96,
      decode_error: 12,
      truncated: 9,
      too_small: 144,
      gone: 201,
      forbidden: 88,
      timeout: 61,
      server_error: 24,
      rate_limited: 17,
      robots_disallowed: 39,
      opted_out: 25,
    },
    byClass: CLASSES.map((name, index) => ({ name, ...scale(TOTAL, (6 + ((index * 7) % 9)) / 100) })),
    byEngine: [
      { name: 'openverse', ...scale(TOTAL, 0.41) },
      { name: 'commons', ...scale(TOTAL, 0.34) },
      { name: 'bing', ...scale(TOTAL, 0.25), note: 'Blocked the crawler on 3 of 40 pages; tried again later.' },
    ],
  };
}

function sampleDuplicates(): NonNullable<ReportData['duplicates']> {
  return {
    exact: 460,
    near: 327,
    leaks: 4,
    conflicts: 23,
    measure: { precision: 0.994, recall: 0.931 },
    clusters: [
      {
        kind: 'exact',
        copies: 6,
        images: [image(900, 'sneaker'), image(900, 'sneaker', 'copy'), image(900, 'sandal', 'other')],
      },
      {
        kind: 'near',
        copies: 3,
        images: [image(903, 'handbag'), image(903, 'handbag', 'copy'), image(903, 'coat', 'other')],
      },
    ],
  };
}

function sampleSplit(): NonNullable<ReportData['split']> {
  return {
    method: 'winnow',
    corrected: 12,
    all: ['winnow', 'edl-gmm'].map((method, index) => ({
      method,
      counts: { clean: 2034 - 300 * index, closed: 468 - 200 * index, open: 618 + 500 * index },
      corrected: index === 0 ? 12 : 0,
      quality: null,
    })),
    counts: { clean: 2034, closed: 468, open: 618 },
    byClass: CLASSES.map((name, index) => {
      const { clean, closed, open } = scale(TOTAL, (6 + ((index * 7) % 9)) / 100);
      return { name, clean, closed, open };
    }),
    histogram: {
      label: 'loss of the teacher on the given label, nats',
      edges: Array.from({ length: 31 }, (_, bin) => bin / 5),
      counts: { clean: bell(0.6, 0.6, 2034), closed: bell(4.4, 0.7, 468), open: bell(2.7, 0.9, 618) },
    },
    quality: {
      method: 'winnow',
      macroF1: 0.871,
      confusion: [
        [1951, 38, 61],
        [29, 401, 42],
        [54, 29, 515],
      ],
      precision: { clean: 0.959, closed: 0.857, open: 0.833 },
      recall: { clean: 0.952, closed: 0.85, open: 0.861 },
      auroc: { clean: 0.978, closed: 0.951, open: 0.944 },
      fpr95Open: 0.214,
      refinedAccuracy: 0.903,
    },
  };
}

function scale(total: FunnelCounts, part: number): { [Key in keyof FunnelCounts]: number } {
  const of = (value: number | null): number => Math.round((value ?? 0) * part);
  return {
    hits: of(total.hits),
    fetched: of(total.fetched),
    stored: of(total.stored),
    unique: of(total.unique),
    clean: of(total.clean),
    closed: of(total.closed),
    open: of(total.open),
  };
}

function bell(mean: number, sd: number, whole: number): number[] {
  const heights = Array.from({ length: 30 }, (_, bin) => Math.exp(-(((bin + 0.5) / 5 - mean) ** 2) / (2 * sd * sd)));
  const sum = heights.reduce((a, b) => a + b, 0);
  return heights.map((height) => Math.round((whole * height) / sum));
}

function run(method: string, seed: number, reached: number): RunReport {
  const accuracyOf = (epoch: number): number => reached + 0.006 * (seed - 2) - 0.6 * Math.exp(-epoch / 4.5);
  const metrics = Array.from({ length: 30 }, (_, index): EpochMetrics => {
    const epoch = index + 1;
    const supervised = 0.3 + 1.7 * Math.exp(-epoch / (5 + seed));
    const contrastive = 0.1 + 0.6 * Math.exp(-epoch / 9);
    return {
      epoch,
      steps: 20,
      learningRate: 0.1,
      loss: supervised + contrastive,
      parts: { supervised, contrastive },
      ...(epoch % 2 === 0 ? { accuracy: accuracyOf(epoch) } : {}),
      seconds: 6,
      imagesSeen: 2560 * epoch,
    };
  });
  return {
    name: `2026-11-24-fashion-${method}-s${seed}`,
    settings: null,
    metrics,
    summary: {
      method,
      model: 'resnet8',
      seed,
      epochs: 30,
      accuracy: accuracyOf(30),
      agreement: null,
      teacherAccuracy: 0.927,
      perClassAccuracy: Object.fromEntries(
        CLASSES.map((name, index) => [
          name,
          Math.min(1, accuracyOf(30) + 0.02 * (((index * 5 + method.length) % 9) - 4)),
        ]),
      ),
      imagesSeen: 76_800,
      seconds: 181 + seed,
      peakMemoryBytes: 410 * 2 ** 20,
      engine: 'native',
      parameters: 78_042,
      notes: [],
    },
  };
}

function sheet(kind: NoiseKind, total: number): ReportData['sheets'][number] {
  const start = { clean: 0, closed: 100, open: 200 }[kind];
  const images = Array.from({ length: 20 }, (_, index) => {
    const given = CLASSES[(index * 3) % CLASSES.length] ?? 'coat';
    const refined = kind === 'closed' ? (CLASSES[(index * 3 + 4) % CLASSES.length] ?? 'coat') : given;
    return { ...image(start + index, given), refined: kind === 'open' ? null : refined };
  });
  return { kind, total, images };
}

function image(number: number, given: string, copy = ''): ReportImage {
  return {
    key: `${number}${copy}`,
    mime: 'image/png',
    bytes: shape(number),
    title: number % 5 === 4 ? null : `A ${given} on a plain background, number ${number}`,
    pageUrl: `https://www.images.example/item/${number}${copy}`,
    license: ['CC BY 2.0', 'CC0 1.0', 'CC BY-SA 4.0', null][number % 4] ?? null,
    licenseUrl: number % 4 === 3 ? null : 'https://creativecommons.org/licenses/',
    creator: number % 3 === 0 ? null : `Maker ${number % 11}`,
    engine: number % 2 === 0 ? 'openverse' : 'commons',
    given,
    refined: null,
  };
}

/** A disc, a box or a bar on a shaded ground, in colours of its number. */
function shape(number: number): Uint8Array {
  const tone = (offset: number): number => 70 + ((number * 53 + offset * 97) % 150);
  return tinyPng(48, (x, y) => {
    const [dx, dy] = [x - 24, y - 24];
    const inside = [dx * dx + dy * dy < 230, Math.abs(dx) < 13 && Math.abs(dy) < 16, Math.abs(dx - dy) < 10][
      number % 3
    ];
    if (inside === true) return [tone(1), tone(2), tone(3)];
    return [235 - y, 230 - y, 222 - x / 2].map(Math.round) as [number, number, number];
  });
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** An RGB PNG (RFC 2083) of a function of x and y, for specs that need an image without a codec. */
function tinyPng(size: number, pixel: (x: number, y: number) => readonly [number, number, number]): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = Array.from({ length: size }, (_row, y) => [
    0,
    ...Array.from({ length: size }, (_column, x) => pixel(x, y)).flat(),
  ]);
  const data = deflateSync(Buffer.from(rows.flat()), { level: 9 });
  return new Uint8Array(
    Buffer.concat([Buffer.from(SIGNATURE), chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]),
  );
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}

function crc32(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit += 1) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
  }
  return ~rest >>> 0;
}

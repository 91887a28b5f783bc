import path from 'node:path';
import { encodeJpeg, encodePng } from '@winnow/imaging';
import { ROOT } from '../harness/workspace';
import { sha256Of, writeMillionProject } from './million-project';
import type { StudioBench } from './studio-bench';
import { startStudioProcess } from './studio-process';
import type { StudioProcess } from './studio-process';

/** What draws files that are made to hurt: no part of what the library offers. */
const HOSTILE_IMAGES = path.join(ROOT, 'libs/imaging/src/spec-support/hostile-images.ts');

type Draw = (...sizes: readonly unknown[]) => Uint8Array;
const DRAWN: readonly (readonly [string, ...unknown[]])[] = [
  ['deepZeroPng', 12_000, false],
  ['deepZeroPng', 7000, false],
  ['deepZeroPng', 7000, true],
  ['longTextsPng', 'zTXt', 15],
  ['longTextsPng', 'iTXt', 15],
  ['manyScansJpeg', 512, 3000],
  ['manyScansJpeg', 4096, 90],
  ['hiddenScansJpeg', 4096, 20],
  ['manyFramesGif', 200_000],
  ['manyBlocksGif', 900_000],
  ['smallScreenGif', 7000],
  ['manyFramesWebp', 2000],
  ['manyDirectoriesTiff', 2000],
  ['sharedTilesTiff', 7168],
  ['oneBitBmp', 7000],
];

const MAX_RESIDENT_BYTES = 700e6;
const AT_ONCE = 12;
const WATCH_MILLIS = 5;
/** What no answer may hold. */
const MARK = 'EVIL-METADATA';

/** Of different numbers, so that none is answered from memory: within all limits, and as large as they let it be. */
const LARGE = 4;
const LARGE_SIDE = 7000;

const grey = (width: number, height: number, value = 99) => {
  return { width, height, data: new Uint8Array(width * height * 3).fill(value) };
};

/** Files that are made to hurt whoever decodes them, and the largest ones that are none. */
async function hostileOriginals(): Promise<readonly Uint8Array[]> {
  const hostile = (await import(HOSTILE_IMAGES)) as Readonly<Record<string, Draw>>;
  const page = Buffer.from(`<!doctype html><script>alert(1)</script>${MARK}`);
  const large = Array.from({ length: LARGE }, (_, value) => encodeJpeg(grey(LARGE_SIDE, LARGE_SIDE, value), 80));
  return [
    Buffer.concat([await encodeJpeg(grey(40, 40), 80), page]),
    page,
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'),
    Buffer.from('\xff\xd8\xff broken', 'latin1'),
    await encodePng(grey(1, 60_000)),
    ...DRAWN.map(([name, ...sizes]) => (hostile[name] as Draw)(...sizes)),
    ...(await Promise.all(large)),
  ];
}

/** Check 40: what the server's memory comes to where hostile originals are asked for, many at once, twice each. */
export async function measureHostile({ project, folder, io }: StudioBench) {
  const originals = await hostileOriginals();
  const { file } = await writeMillionProject(folder, project.columns.count, originals);
  const studio = await startStudioProcess(file, io.signal);
  try {
    const { capability } = await studio.json<{ capability: string }>('/api/project');
    await studio.untilRead('/api/images?count=1');
    const residentBytes = studio.residentBytes();
    studio.forgetPeak();
    let childrenPeakBytes = 0;
    const watch = setInterval(
      () => (childrenPeakBytes = Math.max(childrenPeakBytes, studio.childrenBytes())),
      WATCH_MILLIS,
    );
    const addresses = originals.map((bytes) => `/pic/${capability}/original/${sha256Of(bytes)}`);
    const answers = await askAll(studio, [...addresses, ...addresses]).finally(() => clearInterval(watch));
    const peakBytes = studio.peakBytes();
    const wrongAnswers = answers.filter(({ isRight }) => !isRight).length;
    return {
      ...{ answers: answers.length, shown: answers.filter(({ isShown }) => isShown).length, wrongAnswers },
      ...{ residentBytes, peakBytes, childrenPeakBytes },
      isHeld: wrongAnswers === 0 && peakBytes <= MAX_RESIDENT_BYTES,
    };
  } finally {
    await studio.stop();
  }
}

interface Answer {
  /** As a JPEG of our own. */
  readonly isShown: boolean;
  /** Shown so, or refused in words of ours. */
  readonly isRight: boolean;
}

async function askAll({ origin }: StudioProcess, addresses: readonly string[]): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let address = addresses[next++]; address !== undefined; address = addresses[next++]) {
        const response = await fetch(`${origin}${address}`);
        const bytes = Buffer.from(await response.arrayBuffer());
        const isShown = response.status === 200 && response.headers.get('content-type') === 'image/jpeg';
        const isJpeg = bytes.subarray(0, 3).equals(Buffer.of(0xff, 0xd8, 0xff)) && !bytes.includes(MARK);
        answers.push({ isShown, isRight: isShown ? isJpeg : response.status === 422 });
      }
    }),
  );
  return answers;
}

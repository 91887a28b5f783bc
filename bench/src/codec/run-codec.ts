import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { type CommandIo, WinnowError } from '@winnow/contracts';
import {
  analyseImage,
  decodeImage,
  decodeRegion,
  makeSquare,
  openPlainJpeg,
  USER_IMAGE_LIMITS,
  useJpegCodec,
} from '@winnow/imaging';
import { median, spread, timed } from '../harness/figures';
import { listJpegFiles } from '../harness/image-files';
import { inTurn } from '../harness/in-turn';
import { pythonWith } from '../harness/python-environment';
import { PYTHON_DECODERS } from '../harness/python-environments';
import { runJson } from '../harness/run-json';

const SIZES = { small: [224, 224], large: [1000, 785] } as const;
type Shape = keyof typeof SIZES;
const TASKS = ['decodeSmall', 'decodeLarge', 'regionSmall', 'regionLarge', 'squareLarge', 'analyseLarge'] as const;
type Task = (typeof TASKS)[number];

/** Milliseconds of processor time for an image; medians over the rounds. Small: 224 px; large: 1000 x 785. Null: not measured. */
export interface DecoderFigures {
  readonly name: 'codec' | 'sharp' | 'pillow' | 'opencv';
  readonly millis: Readonly<Record<Task, number | null>>;
  readonly spread: Readonly<Record<Task, readonly [number, number] | null>>;
}

type Round = Readonly<Partial<Record<Task, number>>>;

/** Side of the views that regions are made to, pixels. */
const VIEW = 224;
/** As builds make them. */
const SQUARE = { size: 256, policy: 'squash', format: 'jpeg', quality: 95 } as const;

/**
 * What decoding costs a processor, whole, to the view of three quarters in the middle, to the square of a build and to all that a crawl
 * stores of an image: the codec and sharp by the very functions of @winnow/imaging, in one process, in turn with Pillow and OpenCV.
 * @throws WinnowError MISSING_INPUT without images or codec, ENGINE_UNAVAILABLE, INTERRUPTED
 */
export async function runCodec(
  source: string,
  {
    count,
    rounds,
    isBesidePython,
  }: { readonly count: number; readonly rounds: number; readonly isBesidePython: boolean },
  io: CommandIo,
) {
  const images = await makeShapes(source, count);
  if ((await openPlainJpeg(images.small[0] as Uint8Array)) === null) {
    throw new WinnowError('MISSING_INPUT', 'The JPEG codec is not there', { next: 'Run `winnow doctor --install`.' });
  }
  const python = isBesidePython ? await pythonWith(PYTHON_DECODERS, io) : null;
  const folder = await mkdtemp(path.join(tmpdir(), 'winnow-codec-'));
  try {
    for (const shape of Object.keys(SIZES) as Shape[]) {
      for (const [index, bytes] of images[shape].entries())
        await writeFile(path.join(folder, `${shape}-${index}.jpg`), bytes);
    }
    const theirs = async (name: string): Promise<Round> =>
      runJson(
        await python!.call([path.join(__dirname, 'codec.py'), folder, name, String(VIEW), String(SQUARE.size)]),
        io,
      );
    const names = ['codec', 'sharp', ...(python === null ? [] : (['pillow', 'opencv'] as const))] as const;
    const measured = await inTurn(names, { rounds, label: 'codec', io }, async (name) => {
      const result = name === 'codec' || name === 'sharp' ? await ours(images, name === 'codec') : await theirs(name);
      return { result, say: `${name} ${result.decodeSmall?.toFixed(2)} ms` };
    });
    const programs = names.map((name, index): DecoderFigures => {
      const own = (task: Task): number[] => (measured[index] ?? []).flatMap((round) => round[task] ?? []);
      const figures = <T>(of: (values: readonly number[]) => T) =>
        Object.fromEntries(TASKS.map((task) => [task, own(task).length === 0 ? null : of(own(task))])) as Record<
          Task,
          T | null
        >;
      return { name, millis: figures(median), spread: figures(spread) };
    });
    return { images: count, rounds, programs };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function ours(images: Readonly<Record<Shape, readonly Uint8Array[]>>, isCodec: boolean): Promise<Round> {
  useJpegCodec(isCodec);
  const choose = (width: number, height: number) => ({
    ...{ left: Math.floor(width / 8), top: Math.floor(height / 8) },
    ...{ width: Math.floor((width * 3) / 4), height: Math.floor((height * 3) / 4) },
  });
  const decode = (bytes: Uint8Array) => decodeImage(bytes, USER_IMAGE_LIMITS);
  const region = (bytes: Uint8Array) => decodeRegion(bytes, { choose, size: VIEW, limits: USER_IMAGE_LIMITS });
  const millis = async (files: readonly Uint8Array[], work: (bytes: Uint8Array) => Promise<{ ok: boolean }>) => {
    for (const bytes of files.slice(0, 4)) await work(bytes);
    const { cost } = await timed(async () => {
      for (const bytes of files) if (!(await work(bytes)).ok) throw new Error('an image of our own is refused');
    });
    return (cost.cpuSeconds * 1000) / files.length;
  };
  try {
    return {
      decodeSmall: await millis(images.small, decode),
      decodeLarge: await millis(images.large, decode),
      regionSmall: await millis(images.small, region),
      regionLarge: await millis(images.large, region),
      squareLarge: await millis(images.large, (bytes) => makeSquare(bytes, { ...SQUARE, ...USER_IMAGE_LIMITS })),
      analyseLarge: await millis(images.large, (bytes) => analyseImage(bytes, USER_IMAGE_LIMITS)),
    };
  } finally {
    useJpegCodec(true);
  }
}

/** Small: the middle of an image; large: a mosaic of twelve, so that its detail is a photograph's. */
async function makeShapes(source: string, count: number): Promise<Record<Shape, Uint8Array[]>> {
  const files = await listJpegFiles(source);
  if (files.length === 0) {
    throw new WinnowError('MISSING_INPUT', 'There are no JPEG files', { where: source, next: 'Name another folder.' });
  }
  const read = (index: number) => files[index % files.length]!.read();
  const [width, height] = SIZES.large;
  const [tileWidth, tileHeight] = [width / 4, Math.ceil(height / 3)];
  const made: Record<Shape, Uint8Array[]> = { small: [], large: [] };
  for (let index = 0; index < count; index += 1) {
    const [side] = SIZES.small;
    made.small.push(
      await sharp(await read(index))
        .resize(side, side)
        .jpeg({ quality: 90 })
        .toBuffer(),
    );
    const tiles = Array.from({ length: 12 }, async (_, tile) => ({
      input: await sharp(await read(index * 12 + tile))
        .resize(tileWidth, tileHeight)
        .raw()
        .toBuffer(),
      raw: { width: tileWidth, height: tileHeight, channels: 3 as const },
      left: (tile % 4) * tileWidth,
      top: Math.floor(tile / 4) * tileHeight,
    }));
    const canvas = { create: { width, height: 3 * tileHeight, channels: 3 as const, background: '#888888' } };
    const mosaic = await sharp(canvas)
      .composite(await Promise.all(tiles))
      .raw()
      .toBuffer();
    const raw = { width, height: 3 * tileHeight, channels: 3 as const };
    const cut = sharp(mosaic, { raw }).extract({ left: 0, top: 0, width, height });
    made.large.push(await cut.jpeg({ quality: 85 }).toBuffer());
  }
  return made;
}

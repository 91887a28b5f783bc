/**
 * The benchmark's web as a process: `serve-bench-web --folder FOLDER --images N [--seed S]`. Draws the images that
 * FOLDER lacks, writes JSON lines `{ drawn }` meanwhile, then one `{ port, urls, classes, perClass, resolve, images }`
 * and listens until stdin closes; a line on stdin is answered by one `{ imageRequests }`.
 */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { WinnowError } from '@winnow/contracts';
import { benchImages } from './bench-images';
import { startBenchWeb } from './bench-web';

const REPORT_EVERY = 50;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { folder: { type: 'string' }, images: { type: 'string' }, seed: { type: 'string', default: '1' } },
  });
  const count = Number(values.images);
  if (values.folder === undefined || !Number.isInteger(count) || count < 2) {
    throw new WinnowError('USAGE', '--folder FOLDER and --images N (2 or more) are needed');
  }
  const print = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
  const images = await benchImages({
    folder: values.folder,
    count,
    seed: Number(values.seed),
    onDrawn: (drawn) => {
      if (drawn % REPORT_EVERY === 0) print({ drawn });
    },
  });
  const web = await startBenchWeb(values.folder, images);
  const { port, urls, classes, perClass, resolve } = web;
  print({
    port,
    urls,
    classes,
    perClass,
    resolve,
    images: images.map(({ width, height, bytes }) => [width, height, bytes]),
  });
  for await (const _line of createInterface({ input: process.stdin })) print({ imageRequests: web.imageRequests() });
  await web.close();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

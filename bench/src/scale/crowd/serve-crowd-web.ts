/**
 * The crowd's web as a process: `serve-crowd-web --images 20000 --hosts 500 --classes 10 [--seed 1] [--port 0]`.
 * One JSON line `{ port, resolve, classes, truth }` on stdout when it listens. It ends on SIGTERM, SIGINT, or when
 * stdin closes, so that a parent that dies takes it along.
 */
import { parseArgs } from 'node:util';
import { isWinnowError, WinnowError } from '@winnow/contracts';
import { startCrowdWeb } from './crowd-web';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      images: { type: 'string', default: '20000' },
      hosts: { type: 'string', default: '500' },
      classes: { type: 'string', default: '10' },
      seed: { type: 'string', default: '1' },
      port: { type: 'string', default: '0' },
    },
  });
  const web = await startCrowdWeb({
    images: whole('images', values.images, { from: 1, to: 1_000_000 }),
    hosts: whole('hosts', values.hosts, { from: 1, to: 9999 }),
    classes: whole('classes', values.classes, { from: 1, to: 99 }),
    seed: whole('seed', values.seed, { from: 0, to: 2 ** 31 }),
    port: whole('port', values.port, { from: 0, to: 65_535 }),
  });
  await new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve).once('SIGINT', resolve);
    process.stdin.once('end', resolve).once('close', resolve).resume();
    const { port, resolve: hosts, classes, truth } = web;
    process.stdout.write(`${JSON.stringify({ port, resolve: hosts, classes, truth })}\n`);
  });
  await web.close();
  process.stdin.destroy();
}

function whole(name: string, text: string, { from, to }: { readonly from: number; readonly to: number }): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= from && value <= to) return value;
  throw new WinnowError('USAGE', `--${name} ${text} is not a whole number from ${from} to ${to}`, {
    next: 'Correct the number.',
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${isWinnowError(error) ? error.toLine() : String(error)}\n`);
  process.exitCode = isWinnowError(error) ? error.exitCode : 1;
});

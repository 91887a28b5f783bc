/**
 * The demo's web as a process: `serve-demo-web --images examples/demo [--port 0]`.
 * One JSON line `{ port, resolve, canaryPort }` on stdout when it listens, and one with the counts when it ends: on
 * SIGTERM, SIGINT, or when stdin closes, so that a parent that dies takes it along.
 */
import { parseArgs } from 'node:util';
import { isWinnowError, WinnowError } from '@winnow/contracts';
import { startDemoWeb } from './demo-web';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { images: { type: 'string' }, port: { type: 'string', default: '0' } } });
  if (values.images === undefined) {
    throw new WinnowError('USAGE', '--images FOLDER is missing', { next: 'Name the folder examples/demo.' });
  }
  const web = await startDemoWeb({ imagesDir: values.images, port: Number(values.port) });
  const print = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
  await new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve).once('SIGINT', resolve);
    process.stdin.once('end', resolve).once('close', resolve).resume();
    print({ port: web.port, resolve: web.resolve, canaryPort: web.canaryPort });
  });
  print({ requests: web.requests(), canaryConnections: web.canaryConnections() });
  await web.close();
  process.stdin.destroy();
}

main().catch((error: unknown) => {
  process.stderr.write(`${isWinnowError(error) ? error.toLine() : String(error)}\n`);
  process.exitCode = isWinnowError(error) ? error.exitCode : 1;
});

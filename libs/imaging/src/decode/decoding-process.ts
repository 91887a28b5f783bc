import { analyseHere } from './analyse-image';
import { decodeHere } from './decode-image';
import { reducedHere } from './decode-reduced';
import { jpegHere } from './decode-to-jpeg';
import { regionHere } from './decode-region';
import type { DecodingReply, DecodingRequest, DecodingTask } from './decoding-messages';
import { inspectHere } from './inspect-image';
import { leaveTimeToCaller } from './sharp-engine';
import { squareHere } from '../resample/make-square';

const TASKS = {
  inspect: inspectHere,
  analyse: analyseHere,
  decode: decodeHere,
  jpeg: jpegHere,
  reduced: reducedHere,
  region: regionHere,
  square: squareHere,
} as unknown as Readonly<Record<DecodingTask, (bytes: Uint8Array, argument: unknown) => Promise<unknown>>>;

const send = (reply: DecodingReply): void => void process.send?.(reply);

// Whoever asked has ended: an orderly end would wait for what is being decoded.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// A terminal's Ctrl-C goes to all processes: whoever asked decides.
process.on('SIGINT', () => undefined);
process.on('message', ({ task, bytes, argument }: DecodingRequest) => {
  TASKS[task](bytes, argument).then(
    (result) => send({ result, residentBytes: process.memoryUsage.rss() }),
    (error: unknown) => send({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
leaveTimeToCaller();
send({ ready: true });

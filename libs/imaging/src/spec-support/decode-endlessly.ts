/** Starts a decode that takes minutes, and prints the id of the process that is at it. Linux only. */
import { readFileSync } from 'node:fs';
import { DecodingProcesses } from '../decode/decoding-processes';
import { manyScansJpeg } from './hostile-images';

const limits = { maxPixels: 100_000_000, minSide: 1, maxAspectRatio: Infinity };
void new DecodingProcesses().run({ task: 'analyse', bytes: manyScansJpeg(10_000, 20_000), argument: limits });
setImmediate(() => process.stdout.write(readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8')));

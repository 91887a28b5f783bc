import { once } from 'node:events';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import sharp from 'sharp';
import { encodeJpeg } from '../resample/encode-image';
import { openSharp } from './sharp-engine';

const HOOK = path.resolve(__dirname, '../../../../apps/winnow/bin/register-typescript.js');
const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>';

/** Loads the engine in a thread: how often that shuts readers off, and what it says of a text afterwards. */
const THREAD = `
  require(${JSON.stringify(HOOK)});
  const { parentPort } = require('node:worker_threads');
  const sharp = require('sharp');
  let blocked = 0;
  const block = sharp.block;
  sharp.block = (what) => { blocked += 1; return block(what); };
  const { openSharp } = require(${JSON.stringify(path.join(__dirname, 'sharp-engine.ts'))});
  openSharp(Buffer.from(${JSON.stringify(SVG)}), 1e6).toBuffer().then(
    () => parentPort.postMessage({ blocked, outcome: 'read' }),
    (error) => parentPort.postMessage({ blocked, outcome: error.message }),
  );
`;

describe('sharp engine', () => {
  it('a thread that starts takes no reader from those that decode, and has none that they lack', async () => {
    const image = await encodeJpeg({ width: 8, height: 8, data: new Uint8Array(192) }, 90);
    expect(await openSharp(image, 1e6).metadata()).toMatchObject({ format: 'jpeg' });
    const thread = new Worker(THREAD, { eval: true });
    const [answer] = (await once(thread, 'message')) as unknown[];
    await thread.terminate();
    expect(answer).toEqual({ blocked: 0, outcome: 'Input buffer contains unsupported image format' });
    await expect(sharp(Buffer.from(SVG)).metadata()).rejects.toThrow('unsupported image format');
  });
});

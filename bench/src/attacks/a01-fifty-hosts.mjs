import {
  bomb,
  chunkExtensions,
  endlessBody,
  endlessExtension,
  interimFlood,
  largeBody,
  manyHeaders,
  slowBody,
  tinyChunks,
} from './hostile-bodies.mjs';
import { measureCrawl } from './measure-crawl.mjs';

const KINDS = [
  (response) => tinyChunks(response, 19_900_000),
  chunkExtensions,
  endlessExtension,
  interimFlood,
  manyHeaders,
  endlessBody,
  (response) => bomb(response, 'gzip'),
  (response) => bomb(response, 'br'),
  (response) => bomb(response, 'br, gzip'),
  largeBody,
  slowBody,
];

/** Every kind of costly response at once. */
export default {
  finding: 'A1',
  what: 'fifty hostile hosts at once, two images of each',
  async run(tools) {
    const hosts = Array.from({ length: 50 }, (_, index) => [`host${index}.test`, KINDS[index % KINDS.length]]);
    return [await measureCrawl(tools, Object.fromEntries(hosts), { perHost: 2, timeoutSeconds: 900 })];
  },
};

import { tinyChunks } from './hostile-bodies.mjs';
import { measureCrawl } from './measure-crawl.mjs';

const BYTES = 19_900_000;

/** Bodies of one-byte chunks, each within the limit of a file. */
export default {
  finding: 'A1',
  what: 'four images of 19.9 MB in chunks of one byte',
  async run(tools) {
    const hosts = ['a.test', 'b.test', 'c.test', 'd.test'];
    const reply = (response) => tinyChunks(response, BYTES);
    return [await measureCrawl(tools, Object.fromEntries(hosts.map((host) => [host, reply])))];
  },
};

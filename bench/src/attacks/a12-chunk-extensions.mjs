import { chunkExtensions, endlessExtension } from './hostile-bodies.mjs';
import { measureCrawl } from './measure-crawl.mjs';

/** Framing that is no part of the body. */
export default {
  finding: 'A12',
  what: 'two images with 65 kB of chunk extension for each byte, and one that is all extension',
  async run(tools) {
    return [
      await measureCrawl(tools, { 'a.test': chunkExtensions, 'b.test': chunkExtensions, 'c.test': endlessExtension }),
    ];
  },
};

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { outcomesOf, startHostileWeb, writeProject } from './hostile-web.mjs';

const ROBOTS_BYTES = 500_000;
const WILDCARDS = 120;

/** A robots.txt of rules with many wildcards, and one redirect to a path on which each nearly matches. */
export default {
  finding: 'A2',
  what: 'robots.txt of 500 kB of wildcards',
  async run({ folder, winnow }) {
    const robots = wildcardRules();
    const rows = [];
    for (const pathCharacters of [4000, 30_000]) {
      const hostile = (request, response) => {
        if (request.url === '/robots.txt') return response.writeHead(200, { 'content-type': 'text/plain' }).end(robots);
        if (request.url !== '/1.jpg') return response.writeHead(404).end();
        return response.writeHead(302, { location: `/${'a'.repeat(pathCharacters)}` }).end();
      };
      const web = await startHostileWeb({ 'a.test': hostile }, ['http://a.test/1.jpg']);
      try {
        // A state folder of its own each: what one crawl knows of the host is not asked again.
        const cwd = path.join(folder, String(pathCharacters));
        mkdirSync(cwd);
        const measured = await winnow(['crawl', writeProject(cwd, web), '--json'], {
          cwd,
          begin: web.nextRequest(),
          timeoutSeconds: 300,
        });
        rows.push({
          ...measured,
          of: `${this.what}, a redirect to a path of ${pathCharacters} characters`,
          outcome: outcomesOf(measured),
        });
      } finally {
        web.close();
      }
    }
    return rows;
  },
};

function wildcardRules() {
  const lines = ['User-agent: *'];
  for (let length = 0; length < ROBOTS_BYTES; length += (lines.at(-1)?.length ?? 0) + 1) {
    lines.push(`Disallow: /${'*a'.repeat(WILDCARDS)}b${lines.length}`);
  }
  return lines.join('\n');
}

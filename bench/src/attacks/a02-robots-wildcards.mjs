import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { outcomesOf, startHostileWeb, writeProject } from './hostile-web.mjs';

const ROBOTS_BYTES = 500_000;
const WILDCARDS = 120;
/** As many rules with wildcards as are read as they are, see docs/hostile-input.md. */
const ACCEPTED_RULES = 1000;

const ATTACKS = [
  { rules: wildcardRules, pathCharacters: 4000 },
  { rules: wildcardRules, pathCharacters: 30_000 },
  { rules: acceptedRules, pathCharacters: 8000 },
];

/** A robots.txt of rules with many wildcards, and one redirect to a path on which each nearly matches. */
export default {
  finding: 'A2',
  what: 'robots.txt of 500 kB of wildcards',
  async run({ folder, winnow }) {
    const rows = [];
    for (const [index, { rules, pathCharacters }] of ATTACKS.entries()) {
      const robots = rules();
      const hostile = (request, response) => {
        if (request.url === '/robots.txt') return response.writeHead(200, { 'content-type': 'text/plain' }).end(robots);
        if (request.url !== '/1.jpg') return response.writeHead(404).end();
        return response.writeHead(302, { location: `/${'a'.repeat(pathCharacters)}` }).end();
      };
      const web = await startHostileWeb({ 'a.test': hostile }, ['http://a.test/1.jpg']);
      try {
        // A state folder of its own each: what one crawl knows of the host is not asked again.
        const cwd = path.join(folder, String(index));
        mkdirSync(cwd);
        const measured = await winnow(['crawl', writeProject(cwd, web), '--json'], {
          cwd,
          begin: web.nextRequest(),
          timeoutSeconds: 300,
        });
        const kind = rules === acceptedRules ? 'robots.txt of 500 kB, its wildcards within the limits' : this.what;
        rows.push({
          ...measured,
          of: `${kind}, a redirect to a path of ${pathCharacters} characters`,
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
  return robotsOf((index) => `/${'*a'.repeat(WILDCARDS)}b${index}`);
}

/** The slowest of those that are matched, then rules without wildcards. */
function acceptedRules() {
  return robotsOf((index) => (index < ACCEPTED_RULES ? '/*ab' : `/b${index}`));
}

function robotsOf(pattern) {
  const lines = ['User-agent: *'];
  for (let length = 0; length < ROBOTS_BYTES; length += lines.at(-1).length + 1) {
    lines.push(`Disallow: ${pattern(lines.length - 1)}`);
  }
  return lines.join('\n');
}

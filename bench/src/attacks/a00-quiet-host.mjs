import { noRobots, outcomesOf, startHostileWeb, writeProject } from './hostile-web.mjs';

/** What the same crawl costs where the host is no attacker: what the others are compared with. */
export default {
  finding: '-',
  what: 'a crawl of one host that answers 404',
  async run({ folder, winnow }) {
    const notFound = (request, response) => void (noRobots(request, response) || response.writeHead(404).end());
    const web = await startHostileWeb({ 'a.test': notFound }, ['http://a.test/1.jpg', 'http://a.test/2.jpg']);
    try {
      // The first start of the embedded database takes far more memory than a later one.
      await winnow(['crawl', writeProject(folder, web)], { timeoutSeconds: 120 });
      const measured = await winnow(['crawl', writeProject(folder, web), '--retry', 'failed', '--json'], {
        begin: web.nextRequest(),
        timeoutSeconds: 120,
      });
      return [{ ...measured, outcome: outcomesOf(measured) }];
    } finally {
      web.close();
    }
  },
};

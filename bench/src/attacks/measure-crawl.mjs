import { outcomesOf, startHostileWeb, writeProject } from './hostile-web.mjs';

/**
 * Measures one crawl of hosts that answer as they like, after a crawl of the same project that met no hostile answer: the first
 * start of the embedded database takes far more memory than a later one.
 * @param {Record<string, (response: import('node:http').ServerResponse) => void>} answers to every request for an image, by host
 * @param {Record<string, unknown>} [harvest] settings besides the usual ones
 */
export async function measureCrawl(
  { folder, winnow },
  replies,
  { perHost = 1, harvest = {}, timeoutSeconds = 300 } = {},
) {
  let isHostile = false;
  const hosts = Object.entries(replies).map(([host, reply]) => [
    host,
    (request, response) =>
      isHostile && request.url.endsWith('.jpg') ? reply(response) : response.writeHead(404).end(),
  ]);
  const urls = Array.from({ length: perHost }, (_, index) =>
    Object.keys(replies).map((host) => `http://${host}/${index}.jpg`),
  ).flat();
  const web = await startHostileWeb(Object.fromEntries(hosts), urls);
  Object.assign(web.harvest, harvest);
  try {
    const project = writeProject(folder, web);
    await winnow(['crawl', project], { timeoutSeconds: 120 });
    isHostile = true;
    const measured = await winnow(['crawl', project, '--retry', 'failed', '--json'], {
      begin: web.nextRequest(),
      timeoutSeconds,
    });
    return { ...measured, outcome: outcomesOf(measured) };
  } finally {
    web.close();
  }
}

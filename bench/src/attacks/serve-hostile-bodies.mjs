#!/usr/bin/env node
/**
 * Serves the responses of hostile-bodies.mjs by their names, `/KIND/anything`, in a process of its own; prints its port, and ends
 * when its standard input closes.
 */
import { createServer } from 'node:http';
import * as bodies from './hostile-bodies.mjs';

const KINDS = {
  ...bodies,
  tinyChunks: (response) => bodies.tinyChunks(response, 19_900_000),
  gzipBomb: (response) => bodies.bomb(response, 'gzip'),
  brotliBomb: (response) => bodies.bomb(response, 'br'),
  doubleBomb: (response) => bodies.bomb(response, 'br, gzip'),
};

const server = createServer((request, response) => {
  response.on('error', () => undefined);
  const kind = KINDS[request.url.split('/')[1]];
  if (kind === undefined) response.writeHead(404).end();
  else kind(response);
});
server.on('clientError', (_, socket) => socket.destroy());
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
process.stdin.resume().on('end', () => process.exit());

/** A Postgres server of a benchmark: prints its address, or why there is none, as a line of JSON, and ends with its input. */
import { startTestPostgres } from '../../../tools/test-postgres.mjs';

const server = await startTestPostgres();
process.stdout.write(`${JSON.stringify({ url: server.url, reason: server.reason })}\n`);
process.stdin.on('end', () => {
  server.stop?.();
  process.exit();
});
process.stdin.resume();
// Ctrl-C ends whoever reads, and with that the input.
process.on('SIGINT', () => undefined);

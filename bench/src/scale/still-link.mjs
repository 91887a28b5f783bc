import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * A way to a server of this machine that can stand still, as a network that is away: connections stay, nothing passes.
 * @param {string} target address of the server
 * @returns {Promise<{ url: string, stand(): void, pass(): void }>} url: the same address by this way
 */
export async function openLink(target) {
  const { hostname, port } = new URL(target);
  const sockets = new Set();
  let isStill = false;
  const link = createServer((inward) => {
    const outward = connect(Number(port), hostname);
    for (const [socket, other] of [
      [inward, outward],
      [outward, inward],
    ]) {
      sockets.add(socket);
      socket.on('data', (bytes) => other.write(bytes));
      socket.on('end', () => other.end());
      socket.on('error', () => other.destroy());
      socket.on('close', () => sockets.delete(socket));
      if (isStill) socket.pause();
    }
  });
  link.listen(0, '127.0.0.1');
  link.unref();
  await once(link, 'listening');
  const url = new URL(target);
  url.port = String(link.address().port);
  return {
    url: url.href,
    stand() {
      isStill = true;
      for (const socket of sockets) socket.pause();
    },
    pass() {
      isStill = false;
      for (const socket of sockets) socket.resume();
    },
  };
}

import { brotliCompressSync, gzipSync } from 'node:zlib';

/** A body of one-byte chunks, `bytes` of payload: six bytes on the wire for each. */
export function tinyChunks(response, bytes) {
  const PER_WRITE = 10_000;
  const piece = Buffer.from('1\r\nx\r\n'.repeat(PER_WRITE));
  const { socket } = response;
  socket.write('HTTP/1.1 200 OK\r\ncontent-type: image/jpeg\r\ntransfer-encoding: chunked\r\n\r\n');
  repeat(socket, piece, Math.ceil(bytes / PER_WRITE), '0\r\n\r\n');
}

/** One byte of body after each 65,000 of chunk extension, for ever. */
export function chunkExtensions(response) {
  const { socket } = response;
  socket.write('HTTP/1.1 200 OK\r\ncontent-type: image/jpeg\r\ntransfer-encoding: chunked\r\n\r\n');
  repeat(socket, Buffer.from(`1;${'e'.repeat(65_000)}\r\nx\r\n`), Infinity);
}

/** A chunk extension without end: not one byte of body. */
export function endlessExtension(response) {
  const { socket } = response;
  socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;');
  repeat(socket, Buffer.alloc(65_536, 'e'), Infinity);
}

/** Interim responses without end. */
export function interimFlood(response) {
  const head = 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n';
  repeat(response.socket, Buffer.from(head.repeat(1500)), Infinity);
}

/** As many headers as fit the limit, for every request. */
export function manyHeaders(response) {
  response.socket.end(`HTTP/1.1 200 OK\r\n${'a:b\r\n'.repeat(16_000)}content-length: 1\r\n\r\nx`);
}

/** A body as long as the reader lets it be. */
export function endlessBody(response) {
  response.writeHead(200, { 'content-type': 'image/jpeg' });
  repeat(response, Buffer.alloc(65_536, 1), Infinity);
}

const ZEROS = Buffer.alloc(19_900_000);
/** 20 MB in a few kilobytes; three times over where `layers` is 3. */
const BOMBS = {
  gzip: gzipSync(ZEROS),
  br: brotliCompressSync(ZEROS, { params: { 1: 1, 2: 24 } }),
  'br, gzip': gzipSync(brotliCompressSync(ZEROS, { params: { 1: 1, 2: 24 } })),
};

/** A body that is small only as it is sent. */
export function bomb(response, encoding) {
  response.writeHead(200, { 'content-type': 'image/jpeg', 'content-encoding': encoding });
  response.end(BOMBS[encoding]);
}

/** 19.9 MB that are no image. */
export function largeBody(response) {
  response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': ZEROS.length });
  response.end(ZEROS);
}

/** Most of a body at once, and then a kilobyte a second. */
export function slowBody(response) {
  response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': ZEROS.length });
  response.write(ZEROS.subarray(0, 15_000_000));
  const timer = setInterval(() => response.write(ZEROS.subarray(0, 2000)), 1000);
  response.on('close', () => clearInterval(timer));
}

/** Writes one piece again and again as the reader takes it. */
function repeat(stream, piece, times, end) {
  let left = times;
  const more = () => {
    while (left > 0 && !stream.destroyed) {
      left -= 1;
      if (!stream.write(piece)) return stream.once('drain', more);
    }
    if (end !== undefined && !stream.destroyed) stream.end(end);
    return undefined;
  };
  stream.on('error', () => undefined);
  more();
}

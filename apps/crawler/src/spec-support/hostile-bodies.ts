/** Kinds of hostile responses that `serve-hostile-bodies.mjs` knows, and the outcome of each. */
export const HOSTILE_BODIES: Readonly<Record<string, string>> = {
  tinyChunks: 'too_large',
  chunkExtensions: 'too_large',
  endlessExtension: 'too_large',
  interimFlood: 'too_large',
  manyHeaders: 'too_large',
  endlessBody: 'too_large',
  largeBody: 'ok',
  gzipBomb: 'ok',
  brotliBomb: 'ok',
  doubleBomb: 'ok',
};

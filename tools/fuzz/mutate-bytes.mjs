const INTERESTING = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];
const COMMON_TOKENS = [
  '<',
  '>',
  '"',
  "'",
  '\\',
  '[',
  '{',
  '(',
  '*',
  '$',
  '\0',
  '\n',
  '%',
  '&#',
  '-',
  ',',
  ':',
  '\u202E',
  '\uFFFD',
];

const CHANGES = [
  function flipBit(bytes, { random }) {
    const out = Buffer.from(bytes);
    if (out.length > 0) out[random.int(out.length)] ^= 1 << random.int(8);
    return out;
  },
  function overwriteNumber(bytes, { random }) {
    const out = Buffer.from(bytes);
    const width = [1, 2, 4][random.int(3)];
    if (out.length < width) return out;
    const value = INTERESTING[random.int(INTERESTING.length)] % 2 ** (8 * width);
    const at = random.int(out.length - width + 1);
    if (random.int(2) === 0) out.writeUIntLE(value, at, width);
    else out.writeUIntBE(value, at, width);
    return out;
  },
  function cut(bytes, { random }) {
    return bytes.subarray(0, random.int(bytes.length + 1));
  },
  function remove(bytes, { random }) {
    const [start, end] = range(bytes, random);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  },
  function repeat(bytes, { random, maxBytes }) {
    const [start, end] = range(bytes, random);
    return insert(bytes, end, many(bytes.subarray(start, end), random, maxBytes - bytes.length));
  },
  function insertToken(bytes, { random, tokens }) {
    return insert(bytes, random.int(bytes.length + 1), pick(tokens, random));
  },
  /** Nesting, floods of openers, long runs. */
  function insertFlood(bytes, { random, tokens, maxBytes }) {
    const token = Buffer.concat(Array.from({ length: 1 + random.int(3) }, () => pick(tokens, random)));
    return insert(bytes, random.int(bytes.length + 1), many(token, random, maxBytes - bytes.length));
  },
  function insertRandom(bytes, { random }) {
    const noise = Buffer.from(Array.from({ length: 1 + random.int(64) }, () => random.int(256)));
    return insert(bytes, random.int(bytes.length + 1), noise);
  },
  function splice(bytes, { random, corpus }) {
    const other = corpus[random.int(corpus.length)];
    return Buffer.concat([
      bytes.subarray(0, random.int(bytes.length + 1)),
      other.subarray(random.int(other.length + 1)),
    ]);
  },
];

/**
 * A member of the corpus with 1 to 6 changes, of which floods are rare: they take most of the time.
 * @param {readonly Buffer[]} corpus
 * @returns {Buffer} at most maxBytes
 */
export function mutateBytes(corpus, { random, tokens, maxBytes }) {
  const context = {
    random,
    corpus,
    maxBytes,
    tokens: [...tokens, ...COMMON_TOKENS].map((token) => Buffer.from(token)),
  };
  let bytes = corpus[random.int(corpus.length)];
  for (let left = 1 + random.int(6); left > 0; left -= 1) {
    bytes = CHANGES[random.int(CHANGES.length)](bytes, context).subarray(0, maxBytes);
  }
  return bytes;
}

function pick(tokens, random) {
  return tokens[random.int(tokens.length)];
}

function range(bytes, random) {
  const start = random.int(bytes.length + 1);
  return [start, Math.min(bytes.length, start + 1 + random.int(random.int(2) === 0 ? 16 : 2048))];
}

function insert(bytes, at, part) {
  return Buffer.concat([bytes.subarray(0, at), part, bytes.subarray(at)]);
}

/** The part some times over: mostly few, seldom as often as there is room. */
function many(part, random, room) {
  if (part.length === 0 || room <= 0) return Buffer.alloc(0);
  const wanted = random.int(8) === 0 ? room : Math.min(room, part.length * (1 + random.int(200)));
  return Buffer.alloc(Math.floor(wanted / part.length) * part.length, part);
}

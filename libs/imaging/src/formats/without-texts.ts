const SIGNATURE_BYTES = 8;
/** Length and type before a chunk's data, and a checksum behind it. */
const CHUNK_BYTES = 12;
const TEXTS: ReadonlySet<string> = new Set(['zTXt', 'iTXt']);

/**
 * A PNG without its compressed texts, which say nothing of its pixels. Readers inflate all of them, keep them twice and hand
 * them to JavaScript, also where only the header is asked for: of 115 kB a gigabyte came, and ten seconds that nothing ends.
 * @returns the same bytes where there is none
 */
export function withoutTexts(file: Uint8Array): Uint8Array {
  const data = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const kept: Buffer[] = [];
  let keptTo = 0;
  for (let at = SIGNATURE_BYTES; at + CHUNK_BYTES <= data.length;) {
    const type = data.toString('latin1', at + 4, at + 8);
    const end = at + CHUNK_BYTES + data.readUInt32BE(at);
    // What is cut short is left to the reader, who says so.
    if (type === 'IEND' || end > data.length) break;
    if (TEXTS.has(type)) {
      kept.push(data.subarray(keptTo, at));
      keptTo = end;
    }
    at = end;
  }
  return keptTo === 0 ? file : Buffer.concat([...kept, data.subarray(keptTo)]);
}

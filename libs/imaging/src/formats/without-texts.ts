import { isCompressedText, pngChunks } from './png-chunks';

/**
 * A PNG without its compressed texts, which say nothing of its pixels. Readers inflate all of them, keep them twice and hand
 * them to JavaScript, also where only the header is asked for: of 115 kB a gigabyte came, and ten seconds that nothing ends.
 * @returns the same bytes where there is none
 */
export function withoutTexts(file: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = [];
  let keptTo = 0;
  for (const chunk of pngChunks(file)) {
    // What is cut short is left to the reader, who says so.
    if (!isCompressedText(chunk) || chunk.end > file.length) continue;
    kept.push(file.subarray(keptTo, chunk.start));
    keptTo = chunk.end;
  }
  return keptTo === 0 ? file : Buffer.concat([...kept, file.subarray(keptTo)]);
}

import { encodeTarHeader } from './encode-tar-header';

/** A tar of plain files, in the order given. */
export function tarBytes(members: Readonly<Record<string, string | Uint8Array>>): Buffer {
  const blocks = Object.entries(members).flatMap(([name, content]) => {
    const data = Buffer.from(content);
    return [encodeTarHeader(name, data.length), data, Buffer.alloc((512 - (data.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

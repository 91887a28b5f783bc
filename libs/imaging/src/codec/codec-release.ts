import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ADD_ON_FLAGS } from '@winnow/files/native';
import type { Machine } from '@winnow/files/native';

/** The npm package whose prebuilt libjpeg-turbo is used; nothing else of it is. */
export const CODEC_PACKAGE = {
  name: '@julusian/jpeg-turbo',
  version: '2.3.0',
  sha512: 'gq/OXsZ03aQ66TZgROoOgQ1yesR9ElB5hrTc9y54t+20ijTY7L+EAL2KBAgwF2uwkyaS965wOKpOlqB1QbtuGA==',
  sizeBytes: 2_905_366,
} as const;

/** Of libjpeg-turbo in that package. */
const LIBJPEG_VERSION = '3.1.2';

/** The library's name within the package and in the cache. */
export const LIBRARY_NAME = 'libturbojpeg.so.0';
export const ADD_ON_NAME = 'jpeg_codec.node';

/** Where the package has the library, by platform and processor; with glibc only. */
const FOLDERS: Readonly<Record<string, string>> = {
  'linux x64': 'package/prebuilds/jpeg-turbo-linux-x64',
  'linux arm64': 'package/prebuilds/jpeg-turbo-linux-arm64',
};

/** The library's member of the package for a machine; undefined where it has none. */
export function libraryMember({ platform, arch, glibc }: Machine): string | undefined {
  const folder = glibc === null ? undefined : FOLDERS[`${platform} ${arch}`];
  return folder && `${folder}/${LIBRARY_NAME}`;
}

/** Folder of our own C++. */
export const NATIVE_DIR = join(__dirname, '..', '..', 'native');

/** Of g++: the loops want -O3; products and sums are rounded one by one, as in JavaScript, where processors could join them. */
export const COMPILER_FLAGS = [...ADD_ON_FLAGS, '-O3', '-ffp-contract=off', '-pthread'] as const;

let digest: string | undefined;

/** Folder of the codec in the cache, named after all that it is made of: another version lies beside it. */
export function codecDir(cacheDir: string): string {
  digest ??= digestOfSources();
  return join(cacheDir, 'jpeg-codec', `${LIBJPEG_VERSION}-${digest}`);
}

/** Texts of our C++, paths. */
export function codecSources(): readonly string[] {
  return readdirSync(NATIVE_DIR)
    .filter((name) => /\.(?:cc|h)$/.test(name))
    .sort()
    .map((name) => join(NATIVE_DIR, name));
}

function digestOfSources(): string {
  const hash = createHash('sha256').update([CODEC_PACKAGE.sha512, ...COMPILER_FLAGS].join());
  for (const file of codecSources()) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 12);
}

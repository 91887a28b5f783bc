import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** The parts of examples/demo/web.json that the demo measures with. */
export interface DemoTruth {
  readonly classes: readonly string[];
  readonly engines: readonly string[];
  readonly rows: readonly {
    readonly url: string;
    readonly picture: string;
    readonly truth: string | null;
    readonly kind: string;
  }[];
}

export async function readDemoTruth(imagesDir: string): Promise<DemoTruth> {
  return JSON.parse(await readFile(path.join(imagesDir, 'web.json'), 'utf8')) as DemoTruth;
}

/** `evaluate.truth` of the demo's project. */
export function truthCsv({ rows }: DemoTruth): string {
  const lines = rows.map(({ url, picture: image, truth, kind }) => [url, image, truth ?? '', kind].join(','));
  return `${['imageUrl,source,true,kind', ...lines].join('\n')}\n`;
}

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CommandIo } from '@winnow/contracts';
import type { BenchWebProcess } from '../web/bench-web-process';
import { countShardImages } from './count-shard-images';
import { JPEG_QUALITY, SHARD_SAMPLES } from './harvest-competitor';
import type { HarvestCompetitor, HarvestSettings } from './harvest-competitor';
import type { Python } from '../harness/python-environment';
import { VERSIONS } from '../harness/python-environments';
import { runMeasured } from '../harness/process-usage';

const PROCESSES = 2;
const LIST = 'list.txt';

/**
 * img2dataset on the same list, with as many requests under way and the same kind of shards. It squashes nothing, so it
 * pads to the square, which costs it no more.
 */
export function img2datasetHarvest(
  web: BenchWebProcess,
  { python, size, concurrency }: HarvestSettings & { readonly python: Python },
  io: Pick<CommandIo, 'env' | 'signal'>,
): HarvestCompetitor {
  const settings = {
    input_format: 'txt',
    output_format: 'webdataset',
    image_size: size,
    resize_mode: 'border',
    encode_quality: JPEG_QUALITY,
    processes_count: PROCESSES,
    thread_count: Math.max(1, Math.round(concurrency / PROCESSES)),
    number_sample_per_shard: SHARD_SAMPLES,
  };
  return {
    name: 'img2dataset',
    version: VERSIONS.img2dataset,
    settings,
    async round(folder) {
      const output = path.join(folder, 'out');
      const list = path.join(folder, LIST);
      await writeFile(list, `${web.urls.join('\n')}\n`);
      const given = Object.entries({ url_list: list, output_folder: output, ...settings });
      const words = given.flatMap(([name, value]) => [`--${name}`, String(value)]);
      const download = await runMeasured({
        ...(await python.call([path.join(python.programs, 'img2dataset'), ...words])),
        env: {
          ...io.env,
          // It cannot be told where a host is, but it asks a proxy; ours is the server itself.
          http_proxy: `http://127.0.0.1:${web.port}`,
          no_proxy: '',
          // Else a library of its asks the internet for its newest version.
          NO_ALBUMENTATIONS_UPDATE: '1',
        },
        signal: io.signal,
      });
      return { images: await countShardImages(output), steps: { download } };
    },
  };
}

import type { PythonEnvironment } from '../harness/python-environment';

export const WEBDATASET_VERSION = '1.0.2';
export const WIDS_VERSION = '0.1.11';
export const PILLOW_VERSION = '13.0.0';

/** What Python reads our shards with. `datasets` brings pyarrow and pandas. */
export const SHARD_READERS: PythonEnvironment = {
  name: 'shard-readers',
  packages: [
    `webdataset==${WEBDATASET_VERSION}`,
    `wids==${WIDS_VERSION}`,
    'datasets==5.2.0',
    `pillow==${PILLOW_VERSION}`,
    'numpy==2.4.6',
  ],
  modules: ['webdataset', 'datasets', 'PIL.Image'],
  otherwise: 'leave out --against webdataset',
};

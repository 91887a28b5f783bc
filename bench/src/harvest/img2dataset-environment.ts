import type { PythonEnvironment } from '../harness/python-environment';

export const IMG2DATASET_VERSION = '1.47.0';

export const IMG2DATASET: PythonEnvironment = {
  name: 'img2dataset',
  packages: [`img2dataset==${IMG2DATASET_VERSION}`],
  modules: ['img2dataset'],
  otherwise: 'leave out --against img2dataset',
};

import { WinnowError } from '@winnow/contracts';
import type { PlainModelName } from '../create-model';
import { type ExternalSource, ONNX_FILE } from '../external/external-source';
import { TFJS_JSON, TFJS_WEIGHTS } from '../formats/tfjs/read-tfjs-files';
import { fromJson } from '../formats/json-values';
import { type AdoptedModel, adoptLayers } from './adopt-layers';
import { readKerasLayers } from '../formats/tfjs/keras-source-layers';
import { readOnnxLayers } from '../formats/onnx/onnx-layers';

/**
 * An ONNX graph or a LayersModel as a network of ours. An engine must be running.
 * @param named its architecture; default: the one that fits
 * @throws WinnowError FORMAT_INVALID for a graph of none of our architectures, and for a GraphModel
 */
export function adoptExternal(
  { kind, files }: Pick<ExternalSource, 'kind' | 'files'>,
  { where, named }: { readonly where: string; readonly named?: PlainModelName | undefined },
): AdoptedModel {
  const bytes = (name: string): Uint8Array => files.get(name) ?? new Uint8Array(0);
  if (kind === 'onnx') return adoptLayers(readOnnxLayers(bytes(ONNX_FILE), where), { where, named });
  if (kind === 'tfjs-layers') {
    const json = fromJson(new TextDecoder().decode(bytes(TFJS_JSON))) as Record<string, unknown>;
    return adoptLayers(readKerasLayers({ json, weights: bytes(TFJS_WEIGHTS) }, where), { where, named });
  }
  throw new WinnowError('FORMAT_INVALID', 'A GraphModel of TF.js does not tell its layers', {
    where,
    next: 'Convert the Keras model to a LayersModel, or export it as ONNX.',
  });
}

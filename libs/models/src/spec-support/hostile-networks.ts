import { joinBytes, writeField, writeNumber } from '../formats/onnx/protobuf';
import { onnxAttribute, onnxNode, onnxValue, tinyOnnx } from './external-networks-under-test';

const INT64 = 7;
const BOOL = 9;
const GRAPH = 5;

/**
 * An ONNX classifier of 8 px and 3 classes whose loop never ends: for every image, or only for batches with a value above 0,
 * which it does not show when it is tried on zeros.
 * @param turns after which it ends all the same
 */
export function endlessOnnx(when: 'always' | 'on-light', turns?: number): Uint8Array {
  const body = joinBytes([
    onnxNode('Identity', ['goesOn'], 'goesOnStill'),
    onnxNode('Identity', ['value'], 'sameValue'),
    writeField(2, 'body'),
    ...[onnxValue('turn', [], INT64), onnxValue('goesOn', [], BOOL)].map((input) => writeField(11, input)),
    writeField(11, onnxValue('value', ['batch', 3, 8, 8])),
    writeField(12, onnxValue('goesOnStill', [], BOOL)),
    writeField(12, onnxValue('sameValue', ['batch', 3, 8, 8])),
  ]);
  const graphAttribute = writeField(5, joinBytes([writeField(1, 'body'), writeField(6, body), writeNumber(20, GRAPH)]));
  const condition =
    when === 'always'
      ? [constant('go', [], { type: BOOL, bytes: Uint8Array.of(1) })]
      : [
          constant('zero', [], { type: 1, bytes: new Uint8Array(4) }),
          onnxNode('ReduceMax', ['image'], 'light', onnxAttribute('keepdims', 0)),
          onnxNode('Greater', ['light', 'zero'], 'go'),
        ];
  const bytes = new Uint8Array(BigInt64Array.of(BigInt(turns ?? 0)).buffer);
  const limit = turns === undefined ? [] : [constant('turns', [], { type: INT64, bytes })];
  const inputs = [turns === undefined ? '' : 'turns', 'go', 'image'];
  return tinyOnnx({
    prelude: joinBytes([...limit, ...condition, onnxNode('Loop', inputs, 'prepared', graphAttribute)]),
  });
}

/**
 * Makes a LayersModel hostile: an UpSampling2D of so many times the side before the pooling.
 * @param json text of a tiny model.json as the writers of external-networks-under-test make it
 */
export function enlargedTfjs(json: string, times: number): string {
  const model = JSON.parse(json) as { readonly modelTopology: { readonly config: { readonly layers: TinyLayer[] } } };
  const { layers } = model.modelTopology.config;
  const at = layers.findIndex(({ name }) => name === 'pooled');
  const pooled = layers[at] as TinyLayer;
  layers.splice(at, 0, {
    class_name: 'UpSampling2D',
    name: 'enlarged',
    config: { name: 'enlarged', trainable: true, size: [times, times], data_format: 'channels_last' },
    inbound_nodes: pooled.inbound_nodes,
  });
  pooled.inbound_nodes = [[['enlarged', 0, 0, {}]]];
  return JSON.stringify(model);
}

interface TinyLayer {
  readonly class_name: string;
  readonly name: string;
  readonly config: object;
  inbound_nodes: unknown;
}

/** An ONNX classifier of 600 bytes and what its weights take that makes a tensor of so many zeros. */
export function hugeOnnx(count: number): Uint8Array {
  const shape = new Uint8Array(BigInt64Array.of(BigInt(count)).buffer);
  return tinyOnnx({
    prelude: joinBytes([
      constant('hugeShape', [1], { type: INT64, bytes: shape }),
      onnxNode('ConstantOfShape', ['hugeShape'], 'huge'),
      onnxNode('ReduceMax', ['huge'], 'largest', onnxAttribute('keepdims', 0)),
      onnxNode('Add', ['image', 'largest'], 'prepared'),
    ]),
  });
}

function constant(
  name: string,
  shape: readonly number[],
  { type, bytes }: { readonly type: number; readonly bytes: Uint8Array },
): Uint8Array {
  const tensor = [...shape.map((size) => writeNumber(1, size)), writeNumber(2, type), writeField(8, name)];
  return writeField(5, joinBytes([...tensor, writeField(9, bytes)]));
}

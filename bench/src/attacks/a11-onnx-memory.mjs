import { hostileNetwork, lastLine } from './hostile-networks.mjs';

/** A teacher of some hundred bytes whose ONNX graph makes a tensor of 3.2 GB. */
export default {
  finding: 'A11',
  what: 'an ONNX teacher with a tensor of 3.2 GB',
  async run({ folder, winnow }) {
    const { args, bytes } = hostileNetwork(folder, ({ hugeOnnx }) => hugeOnnx(800_000_000));
    const measured = await winnow(args, { timeoutSeconds: 120 });
    return [
      { ...measured, of: `an ONNX teacher of ${bytes} bytes with a tensor of 3.2 GB`, outcome: lastLine(measured) },
    ];
  },
};

import { hostileNetwork, lastLine } from './hostile-networks.mjs';

/** A teacher whose ONNX graph holds a loop that never ends. */
export default {
  finding: 'A9',
  what: 'an ONNX teacher with an endless loop',
  async run({ folder, winnow }) {
    const { args } = hostileNetwork(folder, ({ endlessOnnx }) => endlessOnnx('always'));
    const rows = [];
    for (const [of, options] of [
      ['one SIGINT after 5 s', { signal: { name: 'SIGINT', afterSeconds: 5 } }],
      ['one SIGTERM after 5 s', { signal: { name: 'SIGTERM', afterSeconds: 5 } }],
      ['a limit of 5 s', { env: { WINNOW_TEACHER_SECONDS: '5' } }],
    ]) {
      const measured = await winnow(args, { timeoutSeconds: 30, ...options });
      rows.push({ ...measured, of: `${this.what}, ${of}`, outcome: lastLine(measured) });
    }
    return rows;
  },
};

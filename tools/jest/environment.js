// The sandbox's process.env does not reach native code: libtensorflow is quietened here.
process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
process.env.TF_ENABLE_ONEDNN_OPTS ??= '1';

const { TestEnvironment } = require('jest-environment-node');
const { NAME, copyingPGlite } = require('./copying-pglite.js');
const { keepCompiled, takeCompiled } = require('./keep-compiled.js');

keepCompiled();

/**
 * Node's environment, but with the outer realm's typed arrays: native add-ons check them with instanceof. Postgres is
 * loaded outside, once a worker: linking its tens of thousands of functions takes thrice as long where each global is
 * looked up through the sandbox.
 */
module.exports = class NativeTypedArraysEnvironment extends TestEnvironment {
  constructor(...settings) {
    super(...settings);
    this.global.outsidePGlite = { name: NAME, load: () => copyingPGlite(require) };
  }

  async setup() {
    await super.setup();
    for (const name of [
      'ArrayBuffer',
      'SharedArrayBuffer',
      'DataView',
      'Uint8Array',
      'Uint8ClampedArray',
      'Int8Array',
      'Uint16Array',
      'Int16Array',
      'Uint32Array',
      'Int32Array',
      'Float32Array',
      'Float64Array',
      'BigInt64Array',
      'BigUint64Array',
    ]) {
      this.global[name] = globalThis[name];
    }
  }

  async teardown() {
    takeCompiled();
    await super.teardown();
  }
};

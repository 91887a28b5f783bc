'use strict';
/**
 * Keeps what V8 compiled of a module for the specs that a worker runs after it. Jest compiles every module anew for every
 * spec, and V8's own cache does not hold for functions that may import dynamically.
 */
const vm = require('node:vm');

const compileFunction = vm.compileFunction;
/** By path: the source and V8's bytes of it. */
const kept = new Map();
/** Compiled in this spec without bytes to begin from. */
let fresh = [];

/**
 * Functions of a script that comes from V8's bytes can import nothing: V8 does not ask who imports for them. So no script is
 * told how: whatever is told that keeps its spec's whole sandbox for as long as the worker lives.
 */
const IMPORTS = /\bimport\s*\(/;

/** In place of `vm.compileFunction`, which makes bytes before anything ran: without the functions that are compiled as they are called. */
function compileOnce(source, parameters, options) {
  if (options?.filename === undefined || options.parsingContext === undefined || IMPORTS.test(source))
    return compileFunction(source, parameters, options);
  const { parsingContext, filename } = options;
  const known = kept.get(filename);
  const opening = `(function(${parameters.join(',')}){`;
  const cachedData = known !== undefined && known.source === source ? known.bytes : undefined;
  const script = new vm.Script(`${opening}${source}\n})`, {
    filename,
    columnOffset: -opening.length,
    cachedData,
  });
  if (cachedData === undefined || script.cachedDataRejected) fresh.push({ filename, source, script });
  return script.runInContext(parsingContext);
}

/** Makes `vm.compileFunction` keep what it compiles. */
function keepCompiled() {
  vm.compileFunction = compileOnce;
}

/** Takes what the spec that ended has compiled, with all functions that it called. */
function takeCompiled() {
  for (const { filename, source, script } of fresh) kept.set(filename, { source, bytes: script.createCachedData() });
  fresh = [];
}

module.exports = { keepCompiled, takeCompiled };

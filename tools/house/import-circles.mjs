import path from 'node:path';
import ts from 'typescript';

/**
 * What files import, as they say it, type-only and dynamic imports included.
 * @param {ReadonlyMap<string, string>} texts source text by path
 * @returns {Map<string, string[]>} by path
 */
export function readImports(texts) {
  const importsOf = (text) => ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
  return new Map([...texts].map(([file, text]) => [file, importsOf(text)]));
}

/**
 * Files that import each other in a circle.
 * @param {ReadonlyMap<string, readonly string[]>} imports what each file imports, as it says it
 * @param {ReadonlyMap<string, string>} packages entry file by package name
 * @returns {string[][]} every circle as the files in it, sorted
 */
export function findCircles(imports, packages) {
  const targets = new Map(
    [...imports].map(([file, specifiers]) => [
      file,
      specifiers.flatMap((specifier) => targetOf(specifier, { file, imports, packages })),
    ]),
  );
  return components(targets).filter(([first, second]) => second !== undefined || targets.get(first).includes(first));
}

function targetOf(specifier, { file, imports, packages }) {
  if (!specifier.startsWith('.')) return packages.get(specifier) ?? [];
  const target = path.join(path.dirname(file), specifier);
  const candidates = [target, `${target}.ts`, `${target}.tsx`, path.join(target, 'index.ts')];
  return candidates.find((candidate) => imports.has(candidate)) ?? [];
}

/** Strongly connected components of a graph (Tarjan 1972), without recursion. Members are sorted. */
function components(graph) {
  const state = new Map();
  const open = [];
  const found = [];
  for (const root of graph.keys()) {
    if (state.has(root)) continue;
    const path = [visit(root)];
    while (path.length > 0) {
      const frame = path.at(-1);
      const next = frame.targets.pop();
      if (next === undefined) {
        path.pop();
        close(frame);
        const parent = path.at(-1);
        if (parent !== undefined) parent.low = Math.min(parent.low, frame.low);
      } else if (!state.has(next)) path.push(visit(next));
      else if (state.get(next).isOpen) frame.low = Math.min(frame.low, state.get(next).index);
    }
  }
  return found;

  function visit(node) {
    const frame = { node, index: state.size, low: state.size, isOpen: true, targets: [...graph.get(node)] };
    state.set(node, frame);
    open.push(frame);
    return frame;
  }

  function close(frame) {
    if (frame.low !== frame.index) return;
    const members = open.splice(open.indexOf(frame));
    for (const member of members) member.isOpen = false;
    found.push(members.map(({ node }) => node).sort());
  }
}

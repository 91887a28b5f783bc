/** Part of it comes inside the package instead: its install script fetches hundreds of megabytes that nobody needs. */
export const VENDORED = '@tensorflow/tfjs-node-gpu';
/** `winnow` on npm's registry is another program. */
export const PACKAGE_NAME = '@winnow-ml/winnow';
/** Its install script may fetch libraries for CUDA; where that fails, winnow works without imported ONNX teachers. */
const OPTIONAL = ['onnxruntime-node'];
/** For the compile step of a checkout only. */
const NOT_SHIPPED = ['@swc/core', VENDORED];

/**
 * package.json of what a user installs: the npm packages of all projects in it, each in the very version that
 * package-lock.json names.
 * @param {{ version: string, license: string, description: string, engines: object }} workspace
 * @param {readonly { folder: string, dependencies?: Record<string, string> }[]} projects
 * @param {Record<string, { version: string }>} lock packages of package-lock.json
 * @throws Error where two projects use different versions
 */
export function packageManifest(workspace, projects, { lock, files }) {
  const versions = new Map();
  for (const { folder, dependencies = {} } of projects) {
    for (const name of Object.keys(dependencies)) {
      if (name.startsWith('@winnow/') || NOT_SHIPPED.includes(name)) continue;
      const { version } = lock[`${folder}/node_modules/${name}`] ?? lock[`node_modules/${name}`] ?? {};
      if (version === undefined) throw new Error(`${folder} depends on ${name}, which package-lock.json lacks`);
      const other = versions.get(name) ?? version;
      if (other !== version) throw new Error(`${folder} uses ${name} ${version}, another project ${other}`);
      versions.set(name, version);
    }
  }
  const sorted = [...versions].sort(([a], [b]) => (a < b ? -1 : 1));
  const pick = (isOptional) => Object.fromEntries(sorted.filter(([name]) => OPTIONAL.includes(name) === isOptional));
  const { version, license, description, engines } = workspace;
  return {
    name: PACKAGE_NAME,
    version,
    description,
    license,
    engines,
    bin: { winnow: 'apps/winnow/bin/winnow.js' },
    files,
    dependencies: pick(false),
    optionalDependencies: pick(true),
  };
}

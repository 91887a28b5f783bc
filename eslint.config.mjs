import nx from '@nx/eslint-plugin';
import parser from '@typescript-eslint/parser';

/** Lowest layer first; a project may import only from layers below its own. See docs/architecture.md. */
const LAYERS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** Packages that exactly one project may import. */
const OWNED_PACKAGES = {
  imaging: ['sharp'],
  db: ['pg', 'drizzle-orm', 'drizzle-orm/*', '@electric-sql/*', 'pg-boss'],
  tensor: ['@tensorflow/*'],
  crawler: ['@crawlee/*', 'playwright'],
  winnow: ['commander'],
  studio: ['fastify'],
  'studio-page': ['react', 'react-dom', 'react-dom/*', '@tanstack/*', 'uplot'],
};

const layerConstraints = LAYERS.map((layer) => ({
  sourceTag: `layer:${layer}`,
  onlyDependOnLibsWithTags: LAYERS.filter((other) => other < layer).map((other) => `layer:${other}`),
}));

const ownershipConstraints = Object.entries(OWNED_PACKAGES).map(([owner, packages]) => ({
  allSourceTags: [`name:${owner}`],
  bannedExternalImports: Object.entries(OWNED_PACKAGES)
    .filter(([other]) => other !== owner)
    .flatMap(([, banned]) => banned),
  packages,
}));
const ownerNames = Object.keys(OWNED_PACKAGES);
const everyOwned = Object.values(OWNED_PACKAGES).flat();
const otherProjects = [
  'contracts',
  'files',
  'config',
  'losses',
  'models',
  'dedup',
  'noise',
  'shards',
  'runs',
  'training',
  'testing',
  'curator',
  'trainer',
  'review',
  'columns',
].filter((name) => !ownerNames.includes(name));

const depConstraints = [
  ...layerConstraints,
  ...ownershipConstraints.map(({ packages: _packages, allSourceTags, bannedExternalImports }) => ({
    sourceTag: allSourceTags[0],
    onlyDependOnLibsWithTags: ['*'],
    bannedExternalImports,
  })),
  ...otherProjects.map((name) => ({
    sourceTag: `name:${name}`,
    onlyDependOnLibsWithTags: ['*'],
    bannedExternalImports: everyOwned,
  })),
  // Edits images as others would, without our own code, and opens pages of the studio.
  {
    sourceTag: 'name:bench',
    onlyDependOnLibsWithTags: ['*'],
    bannedExternalImports: everyOwned.filter((name) => name !== 'sharp' && name !== 'playwright'),
  },
  { sourceTag: 'scope:data', onlyDependOnLibsWithTags: ['scope:data', 'scope:shared'] },
  { sourceTag: 'scope:learning', onlyDependOnLibsWithTags: ['scope:learning', 'scope:shared', 'name:shards'] },
  { sourceTag: 'type:lib', notDependOnLibsWithTags: ['type:testing', 'type:app'] },
  { sourceTag: 'type:app', notDependOnLibsWithTags: ['type:testing', 'type:app'] },
];

/** Only what needs Nx's graph of projects: all other rules are in .oxlintrc.json, whose checker takes a fraction of the time. */
export default [
  { ignores: ['**/dist', '**/node_modules', '**/.nx', '**/.winnow', 'migrations'] },
  {
    files: ['**/*.{ts,tsx}'],
    // Specs, and what they share, may use the loopback web of libs/testing.
    ignores: ['**/*.spec.ts', '**/spec-support/**'],
    languageOptions: { parser },
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          allow: [],
          // Commands load heavy libraries inside their run, so that --help stays fast.
          checkDynamicDependenciesExceptions: ['.*'],
          depConstraints,
          enforceBuildableLibDependency: false,
          banTransitiveDependencies: false,
        },
      ],
    },
  },
];

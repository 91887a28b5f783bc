import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import unicorn from 'eslint-plugin-unicorn';
import tseslint from 'typescript-eslint';

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

/** Rules that need types are in .oxlintrc.json: there a compiled checker has them in a fraction of the time. */
export default tseslint.config(
  { ignores: ['**/dist', '**/node_modules', '**/.nx', '**/.winnow', 'migrations'] },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [...tseslint.configs.recommended],
    plugins: { '@nx': nx, unicorn },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          allow: [], // Commands load heavy libraries inside their run, so that --help stays fast.
          checkDynamicDependenciesExceptions: ['.*'],
          depConstraints,
          enforceBuildableLibDependency: false,
          banTransitiveDependencies: false,
        },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'unicorn/filename-case': ['error', { case: 'kebabCase' }],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 6],
      complexity: ['error', 15],
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
      'no-console': 'error',
      // Once it is compiled, Node 20's refuses URLs with Latin-1 letters.
      'no-restricted-properties': [
        'error',
        { object: 'URL', property: 'canParse', message: 'Use parseUrl of @winnow/contracts.' },
      ],
    },
  },
  {
    files: ['**/*.spec.ts'],
    rules: {
      'max-lines-per-function': 'off',
      'max-lines': 'off',
      // Specs may use the loopback web of libs/testing.
      '@nx/enforce-module-boundaries': 'off',
    },
  },
  {
    // What specs share.
    files: ['**/spec-support/**/*.ts'],
    rules: { '@nx/enforce-module-boundaries': 'off' },
  },
  {
    files: ['**/*.{js,mjs}'],
    extends: [tseslint.configs.base],
    plugins: { unicorn },
    rules: {
      'unicorn/filename-case': ['error', { case: 'kebabCase' }],
      'max-lines': ['error', { max: 300 }],
      eqeqeq: 'error',
    },
  },
  prettier,
);

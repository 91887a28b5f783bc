/** Used by `drizzle-kit generate --name ...` and `drizzle-kit check`. */
module.exports = {
  dialect: 'postgresql',
  schema: './libs/db/src/schema/index.ts',
  out: './migrations',
  casing: 'snake_case',
};

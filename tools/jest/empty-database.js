'use strict';
/** Databases of specs begin as copies of an empty one, except in a spec with `jest.unmock`. */
const { NAME, copyingPGlite } = require('./copying-pglite.js');

jest.doMock(NAME, () => copyingPGlite(jest.requireActual));

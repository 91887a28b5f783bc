'use strict';
/** Databases of specs begin as copies of an empty one, except in a spec with `jest.unmock`. */
const { name, load } = globalThis.outsidePGlite;

jest.doMock(name, load);
